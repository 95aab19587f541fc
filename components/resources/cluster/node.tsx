import { KeyValues, Section, SmallTable } from '#components/ui/section.tsx';
import text from '#components/ui/text.module.css';
import { formatBytes } from '#lib/format/number.ts';
import { parseQuantity } from '#lib/format/quantity.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, conditionOf, dictionaryAt, listAt, textAt } from '#lib/resources/read.ts';
import type { ResourceLook, SectionProps } from '../look.ts';

export const nodeLook: ResourceLook = {
  why: ({ fields }) => {
    const ready = conditionOf(fields, 'Ready');
    if (ready !== undefined && ready.status !== 'True') return ready.message;
    return at(fields, 'spec', 'unschedulable') === true ? 'Cordoned: no new pods are placed here.' : '';
  },
  facts: ({ fields }) => [
    { label: 'Kubelet', value: <code>{textAt(fields, 'status', 'nodeInfo', 'kubeletVersion') || '?'}</code> },
    { label: 'OS', value: textAt(fields, 'status', 'nodeInfo', 'osImage') || '?' },
    { label: 'Runtime', value: textAt(fields, 'status', 'nodeInfo', 'containerRuntimeVersion') || '?' },
    {
      label: 'Addresses',
      value:
        listAt(fields, 'status', 'addresses')
          .map((item) => textAt(item, 'address'))
          .join(', ') || '?',
    },
  ],
  Sections: NodeSections,
};

function NodeSections(props: SectionProps) {
  const { fields } = props.object;
  const taints = listAt(fields, 'spec', 'taints');
  const info = dictionaryAt(fields, 'status', 'nodeInfo');
  return (
    <>
      <Room object={props.object} />
      <Section
        title="Taints"
        remark={taints.length === 0 ? undefined : 'pods without a matching toleration stay away'}
      >
        {taints.length === 0 ? (
          <p className={text.t3}>None</p>
        ) : (
          <SmallTable
            label="Taints"
            heads={[{ label: 'Key' }, { label: 'Value' }, { label: 'Effect' }]}
            rows={taints.map((taint, place) => ({
              key: `${textAt(taint, 'key')} ${textAt(taint, 'effect')} ${place}`,
              cells: [
                <code key="key">{textAt(taint, 'key') || '?'}</code>,
                textAt(taint, 'value') || '–',
                textAt(taint, 'effect') || '?',
              ],
            }))}
          />
        )}
      </Section>
      <Section title="System">
        <KeyValues
          pairs={[
            'architecture',
            'operatingSystem',
            'kernelVersion',
            'kubeProxyVersion',
            'machineID',
            'bootID',
          ].flatMap((key) =>
            textAt(info, key) === '' ? [] : [[key, <code key={key}>{textAt(info, key)}</code>] as const],
          )}
        />
      </Section>
    </>
  );
}

/** What the node has, and what of it pods may ask for. */
function Room(props: { readonly object: PartialObject }) {
  const capacity = dictionaryAt(props.object.fields, 'status', 'capacity');
  const allocatable = dictionaryAt(props.object.fields, 'status', 'allocatable');
  const names = [...new Set([...Object.keys(capacity), ...Object.keys(allocatable)])].sort();
  return (
    <Section title="Room" remark="allocatable is what pods may request">
      {names.length === 0 ? (
        <p className={text.t2}>Not readable: the node reports no capacity.</p>
      ) : (
        <SmallTable
          label="Room"
          heads={[
            { label: 'Resource' },
            { label: 'Allocatable', right: true },
            { label: 'Capacity', right: true },
          ]}
          rows={names.map((name) => ({
            key: name,
            cells: [name, quantityWords(name, allocatable[name]), quantityWords(name, capacity[name])],
          }))}
        />
      )}
    </Section>
  );
}

function quantityWords(name: string, value: unknown): string {
  if (value === undefined) return '–';
  const number = parseQuantity(value);
  if (number === null) return '?';
  if (name === 'memory' || name.endsWith('storage') || name.startsWith('hugepages'))
    return formatBytes(number);
  if (name === 'cpu') return `${Number(number.toPrecision(3))}\u00a0cores`;
  return String(number);
}
