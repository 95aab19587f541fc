import type { RefObject } from 'react';
import type { Kind } from '#components/resources/use-kind.ts';
import type { ColumnChoice } from '#components/table/column-choice.ts';
import type { LiveTable } from '#lib/live/live-client.ts';
import type { Retry } from '#lib/live/use-subscription.ts';
import type { QuerySpec, Window } from '#lib/resources/query-spec.ts';
import type { ListMarks } from './marks/use-marks.ts';

/** A list as its parts share it: the question, the answer, and what the viewer did to it. */
export interface List {
  readonly kind: Kind;
  readonly resource: string;
  readonly spec: QuerySpec;
  /** `replace` while something is being typed, so that Back does not walk letters. */
  readonly change: (part: Partial<QuerySpec>, how?: 'push' | 'replace') => void;
  readonly setWindow: (window: Window) => void;
  readonly table: LiveTable & Retry;
  readonly marking: ListMarks;
  readonly choice: ColumnChoice;
  /** False where this browser remembers nothing. */
  readonly setChoice: (choice: ColumnChoice) => boolean;
  readonly pageRef: RefObject<HTMLDivElement | null>;
  readonly filterRef: RefObject<HTMLInputElement | null>;
}
