// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { partialOf } from '#lib/resources/partial-object.ts';
import { deleteWords } from './delete-words.ts';
import { Conditions } from './detail/conditions.tsx';
import { Annotations, Labels } from './detail/metadata.tsx';
import { Owners } from './detail/owners.tsx';
import { lookOf } from './looks.ts';
import { relatedSpec, relationsOf } from './relations.ts';

const KINDS = [
  'pods',
  'deployments.apps',
  'replicasets.apps',
  'nodes',
  'namespaces',
  'events',
  'services',
  'widgets.example.io',
];

const anything = fc.anything({ maxDepth: 3, withNullPrototype: true });
const word = fc.constantFrom(
  'Ready',
  'True',
  'False',
  'Unknown',
  '',
  'web',
  '2026-11-22T10:00:00Z',
  '12',
  '100Mi',
);
const leaf = fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), anything);
const KEYS = [
  ...['containers', 'initContainers', 'template', 'replicas', 'selector', 'matchLabels', 'ports', 'taints'],
  ...[
    'conditions',
    'containerStatuses',
    'capacity',
    'allocatable',
    'nodeInfo',
    'addresses',
    'podIPs',
    'state',
  ],
  ...['name', 'image', 'type', 'status', 'reason', 'message', 'lastTransitionTime', 'waiting', 'terminated'],
  ...['spec', 'strategy', 'rollingUpdate', '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
];
/** Objects that look like Kubernetes' own in places, and like nothing at all in others. */
const { part } = fc.letrec<{ part: unknown; dictionary: unknown }>((tie) => ({
  part: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('part'), { maxLength: 3 }), tie('dictionary')),
  dictionary: fc
    .array(fc.tuple(fc.constantFrom(...KEYS), tie('part')), { maxLength: 6 })
    .map((pairs) =>
      JSON.parse(`{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${json(value)}`).join(',')}}`),
    ),
}));

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return '"unwritable"'; // a BigInt or a cycle: no API server sends one
  }
}

afterEach(cleanup);

function Everything(props: { readonly resource: string; readonly object: unknown }) {
  const object = partialOf(props.object);
  if (object === null) return <p>no object</p>;
  const reference = { cluster: 'c', resource: props.resource, namespace: 'shop', name: 'x' };
  const look = lookOf(props.resource);
  const { Sections } = look;
  return (
    <>
      <p>{look.why(object)}</p>
      <dl>
        {look.facts(object, reference).map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
      <Sections object={object} reference={reference} />
      <Conditions object={object} />
      <Owners object={object} reference={reference} types={[]} />
      <Labels object={object} reference={reference} />
      <Annotations object={object} />
      <p>{deleteWords(reference, object).consequence}</p>
      <p>
        {relationsOf(props.resource, object).map((one) => relatedSpec(reference, object, one).labelSelector)}
      </p>
    </>
  );
}

describe('the pages of kinds', () => {
  it.each(KINDS)('draw %s of any shape', (resource) => {
    fc.assert(
      fc.property(part, part, part, part, (spec, status, labels, involvedObject) => {
        const metadata = { name: 'x', uid: 'u', labels, annotations: labels, ownerReferences: labels };
        const object = { metadata, spec, status, involvedObject, data: status };
        const { unmount } = render(<Everything resource={resource} object={object} />);
        unmount();
      }),
      { numRuns: 60 },
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('say so where a status is a string and conditions are an object', () => {
    render(
      <Everything
        resource="pods"
        object={{ metadata: { name: 'x' }, spec: 'none', status: { conditions: {} } }}
      />,
    );
    expect(screen.getByText(/status\.conditions is no list/)).toBeTruthy();
    expect(screen.getByText(/spec\.containers is no list/)).toBeTruthy();
  });

  it('name the owner that makes a deleted pod again', () => {
    const metadata = {
      name: 'x',
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'u', controller: true },
      ],
    };
    render(<Everything resource="pods" object={{ metadata }} />);
    expect(screen.getByText(/ReplicaSet web-1 makes another/)).toBeTruthy();
  });
});
