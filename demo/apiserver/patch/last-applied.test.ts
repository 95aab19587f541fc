import { expect, test } from 'vitest';
import type { KubeObject } from '../../base/types.ts';
import { readSchemaFacts } from '../../facts/facts.ts';
import { Schemas } from '../schema/schemas.ts';
import { lastApplied, withLastApplied } from './last-applied.ts';

const KEY = 'kubectl.kubernetes.io/last-applied-configuration';
const schemas = new Schemas(readSchemaFacts());
const shape = schemas.root('', 'v1', 'ConfigMap');

const live = (annotation: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: { [KEY]: annotation } },
    data: { kept: '1', changed: 'now' },
  }) as unknown as KubeObject;

test('what was applied client-side and is still so is handed over', () => {
  const annotation = JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    data: { kept: '1', changed: 'then', gone: '3' },
  });
  expect(lastApplied(schemas, shape, live(annotation), 'v1')).toEqual({ 'f:data': { 'f:kept': {} } });
});

test.each([
  '',
  'no JSON',
  '[]',
  '{"apiVersion":"v2","data":{"kept":"1"}}',
  `{"apiVersion":"v1","a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
])('an annotation of no use hands nothing over: %.30s', (annotation) => {
  expect(lastApplied(schemas, shape, live(annotation), 'v1')).toEqual({});
});

test('the annotation follows what is applied, and is not made where there is none', () => {
  const config = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' }, data: { kept: '2' } };
  const applied = withLastApplied(live('{}'), config);
  expect(applied.metadata.annotations?.[KEY]).toBe(
    '{"apiVersion":"v1","data":{"kept":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
  );
  const without = { ...live('{}'), metadata: { ...live('{}').metadata, annotations: {} } };
  expect(withLastApplied(without, config)).toBe(without);
});
