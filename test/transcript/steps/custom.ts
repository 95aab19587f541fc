import type { Chapter } from '../step.ts';

export const custom: Chapter = {
  title: 'Custom resources',
  steps: [
    { title: 'Create a definition', kubectl: 'create -f widgets.yaml' },
    {
      title: 'Wait for the definition',
      kubectl: 'wait --for=condition=Established crd/widgets.transcript.test --timeout=30s',
    },
    { title: 'The definition', kubectl: 'get crd widgets.transcript.test' },
    {
      title: 'Create a custom object',
      kubectl: 'create -f widget.yaml',
      until: /created|exists/,
    },
    {
      title: 'Out of range, and of no such value',
      kubectl: 'create -f widget-too-big.yaml',
      isUnordered: true,
    },
    { title: 'An unknown field of a custom kind', kubectl: 'create -f widget-odd.yaml' },
    { title: 'Custom objects', kubectl: 'get widgets' },
    { title: 'By short name, as YAML', kubectl: 'get wi first -o yaml' },
    { title: 'Describe a custom object', kubectl: 'describe widget first' },
    { title: 'Merge a custom object', kubectl: `patch widget first --type=merge -p '{"spec":{"size":5}}'` },
    { title: 'No strategic merge', kubectl: `patch widget first --type=strategic -p '{"spec":{"size":5}}'` },
    { title: 'A wrong patch of it', kubectl: `patch widget first --type=merge -p '{"spec":{"size":"big"}}'` },
    {
      title: 'Its status',
      kubectl: `patch widget first --type=merge --subresource=status -p '{"status":{"phase":"Made"}}'`,
    },
    { title: 'Apply it from the server', kubectl: 'apply --server-side -f widget.yaml' },
    { title: 'Scale what has no scale', kubectl: 'scale widget/first --replicas=2' },
    { title: 'Explain a custom kind', kubectl: 'explain widget', until: /Something small/ },
    { title: 'Explain its fields', kubectl: 'explain widget.spec --recursive' },
    { title: 'Describe the definition', kubectl: 'describe crd widgets.transcript.test' },
    { title: 'Remove the definition', kubectl: 'delete crd widgets.transcript.test' },
    {
      title: 'Its objects went with it',
      kubectl: 'get --raw /apis/transcript.test/v1/widgets',
      until: /error/i,
    },
  ],
};
