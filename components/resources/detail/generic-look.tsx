import { KeyValues, Section } from '#components/ui/section.tsx';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, conditionsOf } from '#lib/resources/read.ts';
import type { ResourceLook, SectionProps } from '../look.ts';
import { plainFields } from './plain-fields.ts';

/** Kinds without a page of their own, custom ones included: what they say of themselves, one level deep. */
export const genericLook: ResourceLook = {
  why: conditionMessages,
  facts: () => [],
  Sections: GenericSections,
};

/** The messages of conditions that are False where True is hoped for: at most two. */
export function conditionMessages(object: PartialObject): string {
  return conditionsOf(object.fields)
    .filter(
      (condition) =>
        condition.status === 'False' &&
        condition.message !== '' &&
        /^(Ready|Available|Synced|Accepted|Healthy|Established)$/.test(condition.type),
    )
    .slice(0, 2)
    .map((condition) => (/[.?]$/.test(condition.message) ? condition.message : `${condition.message}.`))
    .join(' ');
}

const PARTS = [
  'spec',
  'status',
  'data',
  'stringData',
  'rules',
  'subjects',
  'roleRef',
  'webhooks',
  'parameters',
  'provisioner',
  'value',
];

function GenericSections(props: SectionProps) {
  const parts = PARTS.flatMap((name) => {
    const pairs = plainFields(at(props.object.fields, name));
    return pairs.length === 0 ? [] : [{ name, pairs }];
  });
  if (parts.length === 0) {
    return (
      <Section title="What it holds">
        <p>This object holds nothing but its name and metadata. The YAML tab shows all of it.</p>
      </Section>
    );
  }
  return parts.map((part) => (
    <Section key={part.name} title={titleOf(part.name)} remark="all of it is under YAML">
      <KeyValues pairs={part.pairs} />
    </Section>
  ));
}

function titleOf(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
