/** calm.ts with guests that no client should trust: a kind without a schema and objects of every wrong shape. */
import type { JsonObject } from '../base/json.ts';
import { CALM } from './calm.ts';
import type { Scenario, SeedObject } from './scenario.ts';

const definition: SeedObject = {
  resource: 'customresourcedefinitions.apiextensions.k8s.io',
  age: '3d',
  manager: 'kubectl-create',
  object: {
    metadata: { name: 'oddities.odd.example' },
    spec: {
      group: 'odd.example',
      scope: 'Namespaced',
      names: { plural: 'oddities', singular: 'oddity', kind: 'Oddity', shortNames: ['odd'] },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          additionalPrinterColumns: [
            { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
            { name: 'Count', type: 'integer', jsonPath: '.spec.count' },
            { name: 'When', type: 'date', jsonPath: '.spec.when' },
          ],
        },
      ],
    },
  },
};

/** JSON.parse makes `__proto__` an own key, as it arrives over the wire. */
const hostileKeys = JSON.parse(
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":"no","hasOwnProperty":1}',
) as JsonObject;

const odd = (name: string, rest: JsonObject): SeedObject => ({
  resource: 'oddities.odd.example',
  namespace: 'default',
  age: '2d',
  manager: 'kubectl-create',
  object: { apiVersion: 'odd.example/v1alpha1', kind: 'Oddity', metadata: { name }, ...rest },
});

const deep = (levels: number): JsonObject => {
  let value: JsonObject = { end: true };
  for (let level = 0; level < levels; level += 1) value = { deeper: value };
  return value;
};

export const ODD: Scenario = {
  ...CALM,
  name: 'odd',
  objects: [
    ...CALM.objects,
    definition,
    odd('status-is-a-text', { status: 'all good, thank you' }),
    odd('status-is-a-list', { status: [1, 'two', null] }),
    odd('status-is-null', { status: null, spec: null }),
    odd('conditions-are-an-object', { status: { conditions: { Ready: 'yes' } } }),
    odd('conditions-are-texts', { status: { conditions: ['Ready', null, 7, {}] } }),
    odd('hostile-keys', { spec: hostileKeys, status: hostileKeys, data: hostileKeys }),
    odd('labels-and-markup', {
      metadata: {
        name: 'labels-and-markup',
        labels: { app: 'odd', constructor: 'x', 'odd.example/toString': 'y' },
        annotations: {
          note: '<img src=x onerror=alert(1)><script>alert(2)</script>',
          bidi: 'abc\u202Etxt.exe\u202C \u2066hidden\u2069',
          __proto__note: 'javascript:alert(1)',
          ansi: '\u001b[31mred\u001b[0m \u0007',
        },
      },
      spec: { title: '"><svg onload=alert(1)>', url: 'javascript:alert(1)' },
      status: { phase: '<b>bold</b>\u202E' },
    }),
    odd('very-long', { spec: { text: 'x'.repeat(100_000), count: 'not a number', when: 'yesterday' } }),
    odd('very-deep', { spec: deep(400) }),
    odd('numbers', { spec: { count: 1e308, small: 5e-324, minus: -0, when: '9999-12-31T23:59:59Z' } }),
    odd('a-name-that-is-very-long-'.repeat(9).slice(0, 240).replace(/-$/, ''), { spec: {} }),
  ],
};
