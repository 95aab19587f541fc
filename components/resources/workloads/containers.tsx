import { Age } from '#components/table/age.tsx';
import { Section, SmallTable } from '#components/ui/section.tsx';
import { StateWord } from '#components/ui/state.tsx';
import text from '#components/ui/text.module.css';
import type { PartialObject } from '#lib/resources/definition.ts';
import { type ContainerLine, containerLines } from './container-lines.ts';

/** The containers of a pod: what runs, how it stands, how often it was started again. */
export function Containers(props: { readonly object: PartialObject }) {
  const lines = containerLines(props.object);
  return (
    <Section title="Containers" remark={lines.length === 0 ? undefined : `${lines.length}`}>
      {lines.length === 0 ? (
        <p className={text.t2}>Not readable: spec.containers is no list. See YAML.</p>
      ) : (
        <SmallTable
          label="Containers"
          heads={[
            { label: 'Name' },
            { label: 'State' },
            { label: 'Image' },
            { label: 'Ports' },
            { label: 'CPU', right: true },
            { label: 'Memory', right: true },
            { label: 'Restarts', right: true },
          ]}
          rows={lines.map((line) => ({ key: line.key, cells: cellsOf(line) }))}
        />
      )}
    </Section>
  );
}

function cellsOf(line: ContainerLine) {
  return [
    <span key="name" className={text.medium} title={line.role}>
      {line.name} {line.role === '' ? null : <span className={`${text.t3} ${text.fs12}`}>{line.role}</span>}
    </span>,
    <span key="state">
      <StateWord state={line.state} />{' '}
      {line.sinceMs === 0 ? null : (
        <span className={`${text.t3} ${text.fs12}`} title="since then">
          <Age atMs={line.sinceMs} />
        </span>
      )}
    </span>,
    <code key="image" title={line.image}>
      {line.image === '' ? '?' : line.image}
    </code>,
    line.ports === '' ? '–' : line.ports,
    <span key="cpu" className={text.t2} title="request / limit">
      {line.cpu}
    </span>,
    <span key="memory" className={text.t2} title="request / limit">
      {line.memory}
    </span>,
    <span key="restarts" className={line.restarts === 0 ? text.t3 : undefined}>
      {line.restarts ?? '?'}
    </span>,
  ];
}
