import { type Chapter, noMetrics, waiting } from '../step.ts';

export const nodes: Chapter = {
  title: 'Nodes',
  steps: [
    { title: 'A node', kubectl: 'create -f node.yaml' },
    { title: 'The node', kubectl: 'get node edge-1', until: / Ready / },
    { title: 'The node, wide', kubectl: 'get node edge-1 -o wide' },
    {
      title: 'Its taints',
      kubectl: 'get node edge-1 -o jsonpath={.spec.taints}',
      until: /^\[\{"effect":"NoSchedule","key":"edge","value":"yes"\}\]$/,
    },
    { title: 'Taint', kubectl: 'taint node edge-1 busy=so:PreferNoSchedule' },
    { title: 'Taint again', kubectl: 'taint node edge-1 busy=so:PreferNoSchedule' },
    { title: 'Take the taint away', kubectl: 'taint node edge-1 busy-' },
    { title: 'Label a node', kubectl: 'label node edge-1 rack=7' },
    { title: 'A budget', kubectl: 'apply -f budget.yaml' },
    { title: 'It finds no pods', kubectl: 'events --for pdb/guarded', until: /NoPods/ },
    { title: 'Pods for it', kubectl: 'apply -f guarded.yaml' },
    { title: 'They run there', kubectl: 'rollout status deployment/guarded --timeout=20s', blur: waiting },
    {
      title: 'The budget allows nothing',
      kubectl: 'get pdb guarded',
      until: /guarded +2 +N\/A +0/,
    },
    { title: 'Describe the node', kubectl: 'describe node edge-1', until: /RegisteredNode/ },
    { title: 'Cordon', kubectl: 'cordon edge-1' },
    { title: 'Cordon again', kubectl: 'cordon edge-1' },
    { title: 'The cordoned node', kubectl: 'get node edge-1' },
  ],
};

export const moving: Chapter = {
  title: 'Draining, usage',
  steps: [
    {
      title: 'Drain against the budget',
      kubectl: 'drain edge-1 --ignore-daemonsets --force --timeout=6s',
      isUnordered: true,
    },
    { title: 'The pods are still there', kubectl: 'get pods -l app=guarded -o wide' },
    { title: 'Lift the budget', kubectl: `patch pdb guarded --type=merge -p '{"spec":{"minAvailable":0}}'` },
    {
      title: 'Drain dry',
      kubectl: 'drain edge-1 --ignore-daemonsets --force --dry-run=server',
      isUnordered: true,
      after: [{ kubectl: 'get pdb guarded -o jsonpath={.status.disruptionsAllowed}', says: /2/ }],
    },
    {
      title: 'Drain',
      kubectl: 'drain edge-1 --ignore-daemonsets --force --timeout=20s',
      after: [{ kubectl: 'get pdb guarded -o jsonpath={.status.disruptionsAllowed}', says: /2/ }],
      isUnordered: true,
    },
    { title: 'Their successors wait', kubectl: 'get pods -l app=guarded', until: /Pending[\s\S]*Pending/ },
    {
      title: 'Status while they wait',
      kubectl: 'rollout status deployment/guarded --timeout=1s',
    },
    { title: 'Uncordon', kubectl: 'uncordon edge-1' },
    { title: 'They come back', kubectl: 'rollout status deployment/guarded --timeout=20s', blur: waiting },
    { title: 'Drain a node that is not there', kubectl: 'drain edge-9' },
    { title: 'Top of nodes', kubectl: 'top nodes --sort-by=cpu', demoOnly: noMetrics },
    { title: 'Top of pods', kubectl: 'top pods -l app=web', demoOnly: noMetrics },
    { title: 'Top of a pod with its containers', kubectl: 'top pod solo --containers', demoOnly: noMetrics },
  ],
};
