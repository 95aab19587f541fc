import { Facts } from '#components/ui/facts.tsx';
import { Section } from '#components/ui/section.tsx';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, conditionOf, listAt, numberAt, pairsAt, textAt } from '#lib/resources/read.ts';
import type { ResourceLook, SectionProps } from '../look.ts';
import { Template } from './template.tsx';

export const deploymentLook: ResourceLook = {
  why: deploymentWhy,
  facts: ({ fields }) => [
    { label: 'Image', value: <code>{imagesOf(fields)}</code> },
    { label: 'Replicas', value: String(numberAt(fields, 'spec', 'replicas') ?? 1) },
    { label: 'Strategy', value: strategyWords(fields) },
    { label: 'Selector', value: <code>{selectorWords(fields)}</code> },
    { label: 'Revision', value: revisionOf(fields) },
  ],
  Sections: DeploymentSections,
};

/** What is wrong in the controller's words, else how many pods stand. */
function deploymentWhy({ fields }: PartialObject): string {
  const trouble = ['ReplicaFailure', 'Progressing', 'Available']
    .map((type) => conditionOf(fields, type))
    .find((condition) =>
      condition === undefined || condition.message === ''
        ? false
        : condition.type === 'ReplicaFailure'
          ? condition.status === 'True'
          : condition.status === 'False',
    );
  if (trouble !== undefined) return /[.]$/.test(trouble.message) ? trouble.message : `${trouble.message}.`;
  if (at(fields, 'spec', 'paused') === true) return 'The rollout is paused: changes to the template wait.';
  return '';
}

export function selectorWords(fields: PartialObject['fields']): string {
  const labels = pairsAt(fields, 'spec', 'selector', 'matchLabels').map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? '?' : labels.join(',');
}

function strategyWords(fields: PartialObject['fields']): string {
  const type = textAt(fields, 'spec', 'strategy', 'type') || 'RollingUpdate';
  if (type !== 'RollingUpdate') return type;
  const part = (name: string): string => {
    const value = at(fields, 'spec', 'strategy', 'rollingUpdate', name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '25%';
  };
  return `surge ${part('maxSurge')}, unavailable ${part('maxUnavailable')}`;
}

function imagesOf(fields: PartialObject['fields']): string {
  const images = listAt(fields, 'spec', 'template', 'spec', 'containers').map((item) =>
    textAt(item, 'image'),
  );
  return images.length === 0 ? '?' : images.join(', ');
}

function revisionOf(fields: PartialObject['fields']): string {
  return textAt(fields, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') || '?';
}

function DeploymentSections(props: SectionProps) {
  const { fields } = props.object;
  const count = (name: string): string => String(numberAt(fields, 'status', name) ?? 0);
  return (
    <>
      <Section title="Replicas" remark={`${numberAt(fields, 'spec', 'replicas') ?? 1} wanted`}>
        <Facts
          facts={[
            { label: 'Ready', value: count('readyReplicas') },
            { label: 'Available', value: count('availableReplicas') },
            { label: 'Of the newest template', value: count('updatedReplicas') },
            { label: 'In all', value: count('replicas') },
          ]}
        />
      </Section>
      <Template object={props.object} />
    </>
  );
}
