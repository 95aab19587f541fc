/** Discovery in the old form (`/api`, `/apis`, `/api/v1`), which every client falls back to. */
const verbs = ['get', 'list', 'watch'];
const resource = (name: string, kind: string, namespaced: boolean) => ({
  name,
  singularName: kind.toLowerCase(),
  namespaced,
  kind,
  verbs,
});

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/version': {
    major: '1',
    minor: '36',
    gitVersion: 'v1.36.3',
    gitCommit: '',
    gitTreeState: '',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.26',
    compiler: 'gc',
    platform: 'linux/amd64',
  },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      resource('pods', 'Pod', true),
      resource('namespaces', 'Namespace', false),
      resource('nodes', 'Node', false),
      resource('events', 'Event', true),
    ],
  },
};

export const discoveryAnswer = (path: string): unknown =>
  ANSWERS[path.length > 1 ? path.replace(/\/$/, '') : path];
