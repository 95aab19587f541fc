import { KeyValues, Section, SmallTable } from '#components/ui/section.tsx';
import text from '#components/ui/text.module.css';
import { at, listAt, numberAt, pairsAt, textAt, textsAt } from '#lib/resources/read.ts';
import type { ResourceLook, SectionProps } from '../look.ts';

export const serviceLook: ResourceLook = {
  why: () => '',
  facts: ({ fields }) => [
    { label: 'Type', value: textAt(fields, 'spec', 'type') || 'ClusterIP' },
    {
      label: 'Address',
      value: (
        <code>
          {textsAt(fields, 'spec', 'clusterIPs').join(', ') || textAt(fields, 'spec', 'clusterIP') || '–'}
        </code>
      ),
    },
    { label: 'Selector', value: <code>{selectorOf(fields)}</code> },
  ],
  Sections: ServiceSections,
};

function selectorOf(fields: unknown): string {
  return (
    pairsAt(fields, 'spec', 'selector')
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || 'none'
  );
}

function ServiceSections(props: SectionProps) {
  const { fields } = props.object;
  const ports = listAt(fields, 'spec', 'ports');
  return (
    <>
      <Section title="Ports">
        {ports.length === 0 ? (
          <p className={text.t3}>None</p>
        ) : (
          <SmallTable
            label="Ports"
            heads={[
              { label: 'Name' },
              { label: 'Port', right: true },
              { label: 'To', right: true },
              { label: 'Node port', right: true },
              { label: 'Protocol' },
            ]}
            rows={ports.map((port, place) => ({
              key: `${textAt(port, 'name')} ${place}`,
              cells: [
                textAt(port, 'name') || '–',
                numberAt(port, 'port') ?? '?',
                targetOf(at(port, 'targetPort')),
                numberAt(port, 'nodePort') ?? '–',
                textAt(port, 'protocol') || 'TCP',
              ],
            }))}
          />
        )}
      </Section>
      <Section title="How it answers">
        <KeyValues
          pairs={[
            ['Session affinity', textAt(fields, 'spec', 'sessionAffinity') || 'None'],
            ['Traffic policy', textAt(fields, 'spec', 'internalTrafficPolicy') || 'Cluster'],
            ['IP families', textsAt(fields, 'spec', 'ipFamilies').join(', ') || '–'],
          ]}
        />
      </Section>
    </>
  );
}

function targetOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '–';
}
