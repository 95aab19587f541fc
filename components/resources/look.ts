import type { ComponentType, ReactNode } from 'react';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { Related } from '#lib/resources/query-spec.ts';
import type { ObjectReference, ResourceName } from '#lib/resources/resource-type.ts';

/** One fact under a page's title. */
export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

export interface SectionProps {
  readonly object: PartialObject;
  readonly reference: ObjectReference;
}

/** Objects of a kind that belong to the open one: a tab with a live list. */
export interface Relation {
  /** Also the tab's name in the URL. */
  readonly resource: ResourceName;
  /** `labels`: pods that the object's own spec.selector finds in its namespace. */
  readonly by: Related['by'] | 'labels';
  readonly label: string;
  /** They are deleted with the open object. */
  readonly leavesWithIt: boolean;
}

/** How a kind looks on its own page. Objects may have any shape: every part reads through lib/resources/read.ts. */
export interface ResourceLook {
  /** At most two sentences: what is wrong and why, in the cluster's words; '' when there is nothing to say. */
  readonly why: (object: PartialObject) => string;
  readonly facts: (object: PartialObject, reference: ObjectReference) => readonly Fact[];
  readonly Sections: ComponentType<SectionProps>;
}
