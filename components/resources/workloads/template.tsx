import { Section, SmallTable } from '#components/ui/section.tsx';
import text from '#components/ui/text.module.css';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, type Dictionary } from '#lib/resources/read.ts';
import { containerLines } from './container-lines.ts';

/** The containers a workload's template asks for. */
export function Template(props: { readonly object: PartialObject }) {
  const template = at(props.object.fields, 'spec', 'template', 'spec');
  const fields: Dictionary = { spec: template };
  const lines = containerLines({ ...props.object, fields });
  return (
    <Section title="Pod template" remark={lines.length === 0 ? undefined : 'what new pods are made of'}>
      {lines.length === 0 ? (
        <p className={text.t2}>Not readable: the template names no containers. See YAML.</p>
      ) : (
        <SmallTable
          label="Containers of the template"
          heads={[
            { label: 'Name' },
            { label: 'Image' },
            { label: 'Ports' },
            { label: 'CPU', right: true },
            { label: 'Memory', right: true },
          ]}
          rows={lines.map((line) => ({
            key: line.key,
            cells: [
              <span key="name" className={text.medium}>
                {line.name} <span className={`${text.t3} ${text.fs12}`}>{line.role}</span>
              </span>,
              <code key="image">{line.image === '' ? '?' : line.image}</code>,
              line.ports === '' ? '–' : line.ports,
              <span key="cpu" className={text.t2} title="request / limit">
                {line.cpu}
              </span>,
              <span key="memory" className={text.t2} title="request / limit">
                {line.memory}
              </span>,
            ],
          }))}
        />
      )}
    </Section>
  );
}
