/** What an empty list teaches: what the kind is for, and one to begin with. Only for kinds people make by hand. */
export interface EmptyWords {
  readonly what: string;
  readonly yaml: (namespace: string) => string;
}

const WORDS: ReadonlyMap<string, EmptyWords> = new Map([
  [
    'deployments.apps',
    {
      what: 'A deployment keeps a number of equal pods running and replaces them, step by step, when their template changes.',
      yaml: (namespace) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${namespace}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: registry.example/web:1.0.0}
`,
    },
  ],
  [
    'pods',
    {
      what: 'A pod is one running instance: containers that share a node, an address and a life. Pods come and go with the workload that makes them; a bare one is not replaced.',
      yaml: (namespace) => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: ${namespace}}
spec:
  containers:
  - {name: web, image: registry.example/web:1.0.0}
`,
    },
  ],
  [
    'services',
    {
      what: 'A service is one lasting name and address for the pods its selector finds.',
      yaml: (namespace) => `apiVersion: v1
kind: Service
metadata: {name: web, namespace: ${namespace}}
spec:
  selector: {app: web}
  ports:
  - {port: 80, targetPort: 8080}
`,
    },
  ],
  [
    'poddisruptionbudgets.policy',
    {
      what: 'A budget says how many pods of a workload may be away at once when a node is emptied. Without one, a drain may take all of them together.',
      yaml: (namespace) => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: ${namespace}}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: web}}
`,
    },
  ],
  [
    'configmaps',
    {
      what: 'A config map holds settings that pods read as variables or files. It is not for secrets.',
      yaml: (namespace) => `apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: ${namespace}}
data:
  LOG_LEVEL: info
`,
    },
  ],
]);

export function emptyWords(resource: string): EmptyWords | null {
  return WORDS.get(resource) ?? null;
}
