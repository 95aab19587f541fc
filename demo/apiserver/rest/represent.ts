/** How answers are put together: an object or a list as itself, as metadata only, or as a Table. */
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from '../meta/kinds.ts';
import type { Media } from '../meta/negotiate.ts';
import { itemText, metadataText, objectText, textHead } from '../meta/object-text.ts';
import type { TablePrinter } from '../table/printer.ts';
import type { Page } from './lister.ts';

function tableText(
  type: ResourceType,
  items: KubeObject[],
  meta: object,
  table: TablePrinter,
  query: URLSearchParams,
): string {
  const { columns, rows } = table.print(type, items, query.get('includeObject') ?? 'Metadata');
  const head = textHead('Table', 'meta.k8s.io/v1');
  return `${head}"metadata":${JSON.stringify(meta)},"columnDefinitions":${JSON.stringify(columns)},"rows":[${rows.join(',')}]}`;
}

export function listText(
  type: ResourceType,
  page: Page,
  media: Media,
  table: TablePrinter,
  query: URLSearchParams,
): string {
  const meta = {
    ...(page.resourceVersion ? { resourceVersion: page.resourceVersion } : {}),
    ...(page.continueToken ? { continue: page.continueToken } : {}),
    ...(page.remainingItemCount === undefined ? {} : { remainingItemCount: page.remainingItemCount }),
  };
  if (media.as === 'Table') return tableText(type, page.items, meta, table, query);
  const isWhole = media.as === 'object';
  const items = page.items.map((item) => (isWhole ? itemText(type, item) : metadataText(item)));
  const head = isWhole
    ? textHead(`${type.kind}List`, type.apiVersion)
    : textHead('PartialObjectMetadataList', 'meta.k8s.io/v1');
  return `${head}"metadata":${JSON.stringify(meta)},"items":[${items.join(',')}]}`;
}

export function singleText(
  type: ResourceType,
  object: KubeObject,
  media: Media,
  table: TablePrinter,
  query: URLSearchParams,
): string {
  if (media.as === 'Table')
    return tableText(type, [object], { resourceVersion: object.metadata.resourceVersion }, table, query);
  return media.as === 'object' ? objectText(type, object) : metadataText(object);
}
