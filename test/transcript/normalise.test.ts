import { expect, test } from 'vitest';
import { normalise } from './normalise.ts';

test.each([
  ['resourceVersion: "123"', 'resourceVersion: <version>'],
  ['    "resourceVersion": "123",', '    "resourceVersion": <version>,'],
  ['pod/web-7c5ddbdf54-k2x9b created', 'pod/web-<hash>-<id> created'],
  ['job once-z8kq2', 'job once-<id>'],
  ['on node-00003, worker-a1 and edge-1', 'on <node>, <node> and edge-1'],
  ['uid: 27294962-fbd1-48df-a02b-ac904004c70f', 'uid: <uid>'],
  ['at 2026-11-22T14:15:38Z', 'at <time>'],
  ['Created:   Sun, 22 Nov 2026 13:00:00 +0000', 'Created:  <time>'],
  ['https://127.0.0.1:41234/x', 'https://<server>/x'],
  ['+++ /tmp/strata-transcript-aB1c/MERGED-42/v1.ConfigMap', '+++ /tmp/<folder>/MERGED/v1.ConfigMap'],
  ['  Normal  Pulled  3s (x2 over 5m2s)  kubelet  Image "a"', '  Normal  Pulled  <age>  kubelet  Image "a"'],
])('%s', (line, expected) => {
  expect(normalise(`${line}\n`)).toEqual([expected]);
});

test('a table is set anew, with its empty cells where they were', () => {
  const table = [
    'NAME                   STATUS    LIMIT   AGE',
    'web-7c5ddbdf54-k2x9b   Running           112s',
    'b                      Pending   1       3d',
    '',
  ];
  expect(normalise(table.join('\n'))).toEqual([
    'NAME              STATUS    LIMIT   AGE',
    'web-<hash>-<id>   Running           <age>',
    'b                 Pending   1       <age>',
  ]);
});

test('two tables and what is below stay apart', () => {
  const text = 'NAME   AGE\npod/a  1s\n\nNAME   AGE\nconfigmap/b  1s\n\nmore  of   it\n';
  expect(normalise(text)).toEqual([
    'NAME    AGE',
    'pod/a   <age>',
    '',
    'NAME          AGE',
    'configmap/b   <age>',
    '',
    'more  of  it',
  ]);
});

test('indentation stays', () => {
  expect(normalise('a:\n    b:   c\n')).toEqual(['a:', '    b:  c']);
});
