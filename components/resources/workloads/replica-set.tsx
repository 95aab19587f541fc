import { conditionOf, numberAt, textAt } from '#lib/resources/read.ts';
import type { ResourceLook, SectionProps } from '../look.ts';
import { selectorWords } from './deployment.tsx';
import { Template } from './template.tsx';

export const replicaSetLook: ResourceLook = {
  why: ({ fields }) => {
    const failure = conditionOf(fields, 'ReplicaFailure');
    return failure?.status === 'True' ? failure.message : '';
  },
  facts: ({ fields }) => [
    {
      label: 'Replicas',
      value: `${numberAt(fields, 'status', 'readyReplicas') ?? 0} of ${numberAt(fields, 'spec', 'replicas') ?? 1} ready`,
    },
    {
      label: 'Revision',
      value: textAt(fields, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') || '?',
    },
    { label: 'Selector', value: <code>{selectorWords(fields)}</code> },
  ],
  Sections: (props: SectionProps) => <Template object={props.object} />,
};
