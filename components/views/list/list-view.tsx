'use client';
import dynamic from 'next/dynamic';
import { useCallback } from 'react';
import { ClusterRefused } from '#components/resources/connection/cluster-refused.tsx';
import { Freshness } from '#components/resources/connection/freshness.tsx';
import { PartlyBar } from '#components/resources/connection/partly-bar.tsx';
import { useOpening } from '#components/ui/overlay/use-opening.ts';
import page from '#components/ui/page.module.css';
import { VisuallyHidden } from '#components/ui/visually-hidden.tsx';
import { countedWords } from './counted-words.ts';
import { FacetBar } from './facet-bar.tsx';
import { FilterBar } from './filter-bar.tsx';
import { useListKeys } from './keys/use-list-keys.ts';
import type { List } from './list.ts';
import { ListBody } from './list-body.tsx';
import { hasFilters, NO_FILTERS } from './list-filters.ts';
import { ListFoot } from './list-foot.tsx';
import { ListTools } from './list-tools.tsx';
import { hasMarks } from './marks/marks.ts';
import { useList } from './use-list.ts';

const KeysDialog = dynamic(() => import('./keys/keys-dialog.tsx').then((module) => module.KeysDialog), {
  ssr: false,
});
const MarkedBar = dynamic(() => import('./marks/marked-bar.tsx').then((module) => module.MarkedBar), {
  ssr: false,
});

/** One kind as a live list. The question is the URL, the answer a window of rows. */
export function ListView(props: { readonly cluster: string; readonly resource: string }) {
  const { cluster, resource } = props;
  const list = useList(cluster, resource);
  const help = useOpening();
  useKeys(list, help.open);
  const { kind, table, marking } = list;
  if (kind.cluster.refused !== null) return <ClusterRefused cluster={cluster} error={kind.cluster.refused} />;
  return (
    <div ref={list.pageRef} className={page.scroll}>
      {kind.isMissing ? null : <ListTop list={list} />}
      <PartlyBar connection={table.connection} user={kind.cluster.user?.name ?? ''} />
      {hasMarks(marking.marks) ? <MarkedBar list={list} /> : null}
      <ListBody {...list} marks={marking.grid} />
      {kind.isMissing ? null : <ListFoot cluster={cluster} kind={kind} table={table} onHelp={help.open} />}
      {help.count === 0 ? null : <KeysDialog key={help.count} opened={help.isOpen} onClose={help.close} />}
    </div>
  );
}

function useKeys({ spec, table, change, marking, filterRef }: List, onHelp: () => void): void {
  const { marks, clear } = marking;
  const hasMarked = hasMarks(marks);
  const isHidden = table.counts?.matched === 0 && hasFilters(spec);
  const back = useCallback(() => {
    if (hasMarked) clear();
    else if (isHidden) change(NO_FILTERS);
  }, [hasMarked, clear, isHidden, change]);
  useListKeys(filterRef, onHelp, back);
}

function ListTop({ list }: { readonly list: List }) {
  const { kind, spec, table, change } = list;
  const columns = table.columns ?? [];
  return (
    <>
      <ListHeader list={list} filtered={hasFilters(spec)} />
      <FilterBar list={list} columns={columns} />
      <FacetBar columns={columns} table={table} spec={spec} change={change} words={kind.words} />
    </>
  );
}

function ListHeader(props: { readonly list: List; readonly filtered: boolean }) {
  const { kind, table, spec } = props.list;
  const counted = countedWords(table, props.filtered);
  return (
    <div className={page.header}>
      <div className={page.crumbs}>{kind.family}</div>
      <div className={page.line}>
        <h1 className={page.title}>{kind.title}</h1>
        <span className={counted === '' ? undefined : page.count}>
          {counted}
          <span role="status">
            <VisuallyHidden>
              {table.connection.state === 'live' && props.filtered ? counted : ''}
            </VisuallyHidden>
          </span>
        </span>
        <Freshness cluster={spec.cluster} fresh={table} title={`The watch on ${kind.words}`} />
        <ListTools list={props.list} />
      </div>
    </div>
  );
}
