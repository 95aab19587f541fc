import { Age } from '#components/table/age.tsx';
import { KeyValues, Section } from '#components/ui/section.tsx';
import { at, instantAt, numberAt, textAt } from '#lib/resources/read.ts';
import type { ResourceLook, SectionProps } from '../look.ts';

export const eventLook: ResourceLook = {
  why: ({ fields }) => textAt(fields, 'message'),
  facts: ({ fields }) => [
    {
      label: 'About',
      value:
        `${textAt(fields, 'involvedObject', 'kind')} ${textAt(fields, 'involvedObject', 'name')}`.trim() ||
        '?',
    },
    {
      label: 'From',
      value: textAt(fields, 'source', 'component') || textAt(fields, 'reportingComponent') || '?',
    },
    { label: 'Count', value: String(numberAt(fields, 'series', 'count') ?? numberAt(fields, 'count') ?? 1) },
  ],
  Sections: EventSections,
};

function EventSections(props: SectionProps) {
  const { fields } = props.object;
  const instants = (['firstTimestamp', 'lastTimestamp', 'eventTime'] as const).flatMap((name) => {
    const atMs = instantAt(fields, name);
    return atMs === 0 ? [] : [[TIMES[name], <Age key={name} atMs={atMs} units={2} ago />] as const];
  });
  const involved = at(fields, 'involvedObject');
  return (
    <Section title="What was seen">
      <KeyValues
        pairs={[
          ['Message', textAt(fields, 'message') || '–'],
          ['Reason', textAt(fields, 'reason') || '–'],
          ['Type', textAt(fields, 'type') || '–'],
          ['Field of the object', textAt(involved, 'fieldPath') || '–'],
          ...instants,
        ]}
      />
    </Section>
  );
}

const TIMES = { firstTimestamp: 'First seen', lastTimestamp: 'Last seen', eventTime: 'At' } as const;
