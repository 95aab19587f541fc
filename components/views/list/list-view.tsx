'use client';
import dynamic from 'next/dynamic';
import { useCallback, useRef } from 'react';
import { ClusterRefused } from '#components/resources/connection/cluster-refused.tsx';
import { Freshness } from '#components/resources/connection/freshness.tsx';
import { PartlyBar } from '#components/resources/connection/partly-bar.tsx';
import { type Kind, useKind } from '#components/resources/use-kind.ts';
import { useOpening } from '#components/ui/overlay/use-opening.ts';
import page from '#components/ui/page.module.css';
import { VisuallyHidden } from '#components/ui/visually-hidden.tsx';
import type { LiveTable } from '#lib/live/live-client.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import { countedWords } from './counted-words.ts';
import { FacetBar } from './facet-bar.tsx';
import { FilterBar } from './filter-bar.tsx';
import { useListKeys } from './keys/use-list-keys.ts';
import { ListBody } from './list-body.tsx';
import { hasFilters, NO_FILTERS } from './list-filters.ts';
import { ListFoot } from './list-foot.tsx';
import { searchedWords } from './searched-words.ts';
import { useListSpec } from './use-list-spec.ts';

const KeysDialog = dynamic(() => import('./keys/keys-dialog.tsx').then((module) => module.KeysDialog), {
  ssr: false,
});

/** One kind as a live list. The question is the URL, the answer a window of rows. */
export function ListView(props: { readonly cluster: string; readonly resource: string }) {
  const { cluster, resource } = props;
  const kind = useKind(cluster, resource);
  const { spec, change, setWindow } = useListSpec(cluster, resource);
  const table = useLiveRows(kind.isMissing || kind.cluster.refused !== null ? null : spec);
  const pageRef = useRef<HTMLDivElement>(null);
  const filterRef = useRef<HTMLInputElement>(null);
  const help = useOpening();
  const isHidden = table.counts?.matched === 0 && hasFilters(spec);
  const back = useCallback(() => isHidden && change(NO_FILTERS), [isHidden, change]);
  useListKeys(filterRef, help.open, back);
  if (kind.cluster.refused !== null) return <ClusterRefused cluster={cluster} error={kind.cluster.refused} />;
  const columns = table.columns ?? [];
  return (
    <div ref={pageRef} className={page.scroll}>
      {kind.isMissing ? null : (
        <>
          <ListHeader kind={kind} table={table} cluster={cluster} filtered={hasFilters(spec)} />
          <FilterBar
            spec={spec}
            change={change}
            words={kind.words}
            searched={searchedWords(columns)}
            refused={table.refused}
            columns={columns}
            sort={table.sort}
            inputRef={filterRef}
          />
          <FacetBar columns={columns} table={table} spec={spec} change={change} words={kind.words} />
        </>
      )}
      <PartlyBar connection={table.connection} user={kind.cluster.user?.name ?? ''} />
      <ListBody
        kind={kind}
        table={table}
        spec={spec}
        change={change}
        setWindow={setWindow}
        pageRef={pageRef}
      />
      {kind.isMissing ? null : <ListFoot cluster={cluster} kind={kind} table={table} onHelp={help.open} />}
      {help.count === 0 ? null : <KeysDialog key={help.count} opened={help.isOpen} onClose={help.close} />}
    </div>
  );
}

function ListHeader(props: {
  readonly kind: Kind;
  readonly table: LiveTable;
  readonly cluster: string;
  readonly filtered: boolean;
}) {
  const { kind, table } = props;
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
        <Freshness cluster={props.cluster} fresh={table} title={`The watch on ${kind.words}`} />
      </div>
    </div>
  );
}
