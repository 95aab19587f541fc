import { Link } from '#components/ui/link.tsx';
import { at, listAt, textAt } from '#lib/resources/read.ts';
import { routes } from '#lib/routes.ts';
import type { ResourceLook, SectionProps } from '../look.ts';
import { Containers } from './containers.tsx';
import { podWhy } from './pod-why.ts';

export const podLook: ResourceLook = {
  why: podWhy,
  facts: ({ fields }, { cluster }) => {
    const node = textAt(fields, 'spec', 'nodeName');
    const ips = listAt(fields, 'status', 'podIPs').map((item) => textAt(item, 'ip'));
    const ip = ips.length > 0 ? ips.join(', ') : textAt(fields, 'status', 'podIP');
    return [
      {
        label: 'Node',
        value:
          node === '' ? (
            'none yet'
          ) : (
            <Link href={routes.object({ cluster, resource: 'nodes', namespace: '', name: node })}>
              {node}
            </Link>
          ),
      },
      { label: 'Pod IP', value: ip === '' ? '–' : <code>{ip}</code> },
      { label: 'QoS', value: textAt(fields, 'status', 'qosClass') || '?' },
      { label: 'Service account', value: textAt(fields, 'spec', 'serviceAccountName') || 'default' },
      { label: 'Restart policy', value: textAt(fields, 'spec', 'restartPolicy') || 'Always' },
      ...(at(fields, 'spec', 'hostNetwork') === true ? [{ label: 'Network', value: 'the node’s own' }] : []),
    ];
  },
  Sections: PodSections,
};

function PodSections(props: SectionProps) {
  return <Containers object={props.object} />;
}
