/** Small words that several kinds' cells share, as the real printers write them. */
import { array, at, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { since } from './durations.ts';

export type Cell = string | number | boolean | null;
/** The cells of one row, in the order of the kind's column definitions. */
export type CellPrinter = (value: KubeObject, nowMs: number) => Cell[];

export const orNone = (value: string): string => (value === '' ? '<none>' : value);
export const age = (value: KubeObject, nowMs: number): string =>
  since(value.metadata.creationTimestamp, nowMs);
export const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
export const size = (value: unknown): number => Object.keys(object(value)).length;

export function pairs(map: unknown): string {
  return orNone(
    Object.entries(object(map))
      .map(([key, value]) => `${key}=${String(value)}`)
      .sort()
      .join(','),
  );
}

/** A LabelSelector in the compact form: matchLabels, then expressions. */
export function selector(value: unknown): string {
  const { matchLabels, matchExpressions } = object(value);
  const labels = Object.entries(object(matchLabels)).map(([key, item]) => `${key}=${String(item)}`);
  const expressions = objects(matchExpressions).map((expression) => {
    const key = text(expression.key);
    const values = `(${array(expression.values).map(String).join(',')})`;
    return (
      { In: `${key} in ${values}`, NotIn: `${key} notin ${values}`, Exists: key, DoesNotExist: `!${key}` }[
        text(expression.operator)
      ] ?? key
    );
  });
  return orNone([...labels.sort(), ...expressions].join(','));
}

export const containerNames = (podSpec: unknown): string =>
  objects(object(podSpec).containers)
    .map((container) => text(container.name))
    .join(',');
export const containerImages = (podSpec: unknown): string =>
  objects(object(podSpec).containers)
    .map((container) => text(container.image))
    .join(',');
export const template = (value: KubeObject): JsonObject => object(at(value, 'spec', 'template', 'spec'));

export const ACCESS: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
export const accessModes = (modes: unknown): string =>
  array(modes)
    .map((mode) => ACCESS[String(mode)] ?? String(mode))
    .join(',');
