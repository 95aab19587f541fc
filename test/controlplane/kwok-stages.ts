/**
 * How kwok plays the kubelet: a stage says which objects it is for and what status to give them. These are ours,
 * not kwok's own files, so that nothing has to be fetched beside the program.
 */

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

interface Stage {
  kind: 'Node' | 'Pod';
  name: string;
  when: Requirement[];
  delay?: { durationMilliseconds: number; jitterDurationMilliseconds: number };
  next: { delete: true } | { statusTemplate: string };
}

const readyCondition = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const beingDeleted = '.metadata.deletionTimestamp';

const nodeConditions = `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ or $.metadata.creationTimestamp $now | Quote }}
{{ end }}
`;

const nodeReady = `
${nodeConditions}
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
- type: Hostname
  address: {{ NodeName | Quote }}
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
phase: Running
`;

const podRunning = `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
{{ range $type := list "Initialized" "Ready" "ContainersReady" }}
- type: {{ $type | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
{{ range .spec.readinessGates }}
- type: {{ .conditionType | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ printf "%s@fake" .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  {{ if eq .restartPolicy "Always" }}
  started: true
  state:
    running:
      startedAt: {{ $now | Quote }}
  {{ else }}
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
  {{ end }}
{{ end }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
`;

const podSucceeded = `
{{ $now := Now }}
{{ $statuses := .status.containerStatuses }}
phase: Succeeded
containerStatuses:
{{ range $index, $container := .spec.containers }}
- name: {{ $container.name | Quote }}
  image: {{ $container.image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ ( index $statuses $index ).state.running.startedAt | Quote }}
      finishedAt: {{ $now | Quote }}
{{ end }}
`;

const stages: readonly Stage[] = [
  {
    kind: 'Node',
    name: 'node-becomes-ready',
    when: [{ key: readyCondition, operator: 'NotIn', values: ['True'] }],
    next: { statusTemplate: nodeReady },
  },
  {
    kind: 'Node',
    name: 'node-heartbeat',
    when: [{ key: readyCondition, operator: 'In', values: ['True'] }],
    delay: { durationMilliseconds: 600_000, jitterDurationMilliseconds: 610_000 },
    next: { statusTemplate: nodeConditions },
  },
  {
    kind: 'Pod',
    name: 'pod-runs',
    when: [
      { key: beingDeleted, operator: 'DoesNotExist' },
      { key: '.status.phase', operator: 'In', values: ['Pending'] },
      { key: readyCondition, operator: 'NotIn', values: ['True'] },
    ],
    next: { statusTemplate: podRunning },
  },
  {
    kind: 'Pod',
    name: 'pod-of-job-completes',
    when: [
      { key: beingDeleted, operator: 'DoesNotExist' },
      { key: '.status.phase', operator: 'In', values: ['Running'] },
      { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] },
    ],
    next: { statusTemplate: podSucceeded },
  },
  {
    kind: 'Pod',
    name: 'pod-ends',
    when: [{ key: beingDeleted, operator: 'Exists' }],
    next: { delete: true },
  },
];

/** The stages as documents of kwok's configuration file. */
export function stageDocuments(): object[] {
  return stages.map(({ kind, name, when, delay, next }) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: { matchExpressions: when },
      ...(delay && { delay }),
      next,
    },
  }));
}
