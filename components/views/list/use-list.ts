'use client';
import { useCallback, useRef } from 'react';
import { useKind } from '#components/resources/use-kind.ts';
import { useStored } from '#components/ui/use-stored.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import { routes } from '#lib/routes.ts';
import { choiceOf } from './columns/stored-choice.ts';
import type { List } from './list.ts';
import { useMarks } from './marks/use-marks.ts';
import { useListSpec } from './use-list-spec.ts';

export function useList(cluster: string, resource: string): List {
  const kind = useKind(cluster, resource);
  const { spec, change, setWindow } = useListSpec(cluster, resource);
  const table = useLiveRows(kind.isMissing || kind.cluster.refused !== null ? null : spec);
  const pageRef = useRef<HTMLDivElement>(null);
  const filterRef = useRef<HTMLInputElement>(null);
  const matched = table.counts?.matched ?? null;
  const asked = routes.list({ ...spec, sort: null });
  const marking = useMarks(
    `${cluster}/${resource}`,
    asked,
    matched,
    useCallback(() => focusRows(pageRef.current), []),
  );
  const [choice, setChoice] = useStored(`strata.1.columns.${cluster}.${resource}`, choiceOf);
  return { kind, resource, choice, setChoice, spec, change, setWindow, table, marking, pageRef, filterRef };
}

/** What had the focus goes with the marks: the row in the tab order takes it. */
function focusRows(page: HTMLElement | null): void {
  page?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus({ preventScroll: true });
}
