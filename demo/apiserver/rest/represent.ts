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

const metaOf = (page: Page) => ({
  ...(page.resourceVersion ? { resourceVersion: page.resourceVersion } : {}),
  ...(page.continueToken ? { continue: page.continueToken } : {}),
  ...(page.remainingItemCount === undefined ? {} : { remainingItemCount: page.remainingItemCount }),
});

export function listText(
  type: ResourceType,
  page: Page,
  media: Media,
  table: TablePrinter,
  query: URLSearchParams,
): string {
  if (media.as === 'Table') return tableText(type, page.items, metaOf(page), table, query);
  return [...listParts(type, page, media, page.items.length)].join('');
}

/** A list's text, so many items at a time. */
export function* listParts(
  type: ResourceType,
  page: Page,
  media: Media,
  itemsAPart: number,
): Generator<string> {
  const isWhole = media.as === 'object';
  const head = isWhole
    ? textHead(`${type.kind}List`, type.apiVersion)
    : textHead('PartialObjectMetadataList', 'meta.k8s.io/v1');
  yield `${head}"metadata":${JSON.stringify(metaOf(page))},"items":[`;
  for (let from = 0; from < page.items.length; from += itemsAPart) {
    const items = page.items.slice(from, from + itemsAPart);
    const texts = items.map((item) => (isWhole ? itemText(type, item) : metadataText(item)));
    yield `${from === 0 ? '' : ','}${texts.join(',')}`;
  }
  yield ']}';
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
