/** The files of the session, by name: it works in a folder that holds them. */

const deployment = (name: string, replicas: number, pod: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
${pod.replace(/^/gm, '      ')}
`;

const container = (name: string, image: string): string => `containers:
- name: ${name}
  image: ${image}
  ports: [{containerPort: 8080, name: http}]
  env: [{name: MODE, value: plain}, {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour, optional: true}}}]
  resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {memory: 64Mi}}
  readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}`;

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
  labels: {app: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
`;

const edge = `tolerations: [{key: edge, operator: Exists}]
nodeSelector: {transcript/edge: "true"}
`;

const widgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.transcript.test
spec:
  group: transcript.test
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wi]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Colour, type: string, jsonPath: .spec.colour}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        description: Something small that is made in numbers.
        required: [spec]
        properties:
          spec:
            type: object
            description: What is wanted.
            required: [size]
            properties:
              size: {type: integer, minimum: 1, maximum: 10, description: How big it is.}
              colour: {type: string, enum: [red, green], default: green, description: One of two.}
          status:
            type: object
            properties:
              phase: {type: string}
`;

const widget = (name: string, spec: string): string => `apiVersion: transcript.test/v1
kind: Widget
metadata: {name: ${name}}
spec: ${spec}
`;

const node = `apiVersion: v1
kind: Node
metadata:
  name: edge-1
  annotations: {kwok.x-k8s.io/node: fake}
  labels:
    kubernetes.io/hostname: edge-1
    kubernetes.io/os: linux
    kubernetes.io/arch: amd64
    transcript/edge: "true"
spec:
  taints: [{key: edge, value: "yes", effect: NoSchedule}]
status:
  capacity: {cpu: "4", memory: 8Gi, pods: "110"}
  allocatable: {cpu: "4", memory: 8Gi, pods: "110"}
  addresses: [{type: InternalIP, address: 127.0.0.1}, {type: Hostname, address: edge-1}]
  nodeInfo:
    architecture: amd64
    bootID: b
    containerRuntimeVersion: containerd://2.1.4
    kernelVersion: 6.6.74
    kubeProxyVersion: ""
    kubeletVersion: v1.36.3
    machineID: m
    operatingSystem: linux
    osImage: Flatcar
    systemUUID: s
  conditions:
  - {type: Ready, status: "True", reason: KubeletReady, message: kubelet is posting ready status, lastHeartbeatTime: "2026-01-01T00:00:00Z", lastTransitionTime: "2026-01-01T00:00:00Z"}
`;

const pod = (name: string, rest = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}${rest}}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: main, image: "nginx:1.29"}]
`;

export const manifests: Readonly<Record<string, string>> = {
  'web.yaml': `${deployment('web', 3, container('web', 'nginx:1.29'))}---\n${service}`,
  'web-larger.yaml': deployment('web', 4, container('web', 'nginx:1.29')),
  'solo.yaml': pod('solo'),
  'crash.yaml': pod('crash').replace('main,', 'main, command: [sh, -c, "sleep 1; exit 3"],'),
  'kept.yaml': pod('kept', ', finalizers: [transcript.test/keep]'),
  'wrong.yaml': deployment('Wrong_Name', -1, container('web', 'nginx:1.29')),
  'unknown-field.yaml': deployment('odd', 1, container('web', 'nginx:1.29')).replace(
    'replicas:',
    'replcias:',
  ),
  'settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: green, size: "3"}
`,
  'settings-red.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: red}
`,
  'budget.yaml': `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: guarded}
spec:
  minAvailable: 2
  selector: {matchLabels: {app: guarded}}
`,
  'guarded.yaml': deployment('guarded', 2, `${edge}${container('web', 'nginx:1.29')}`),
  'node.yaml': node,
  'nowhere.yaml': pod('nowhere').replace('spec:', 'spec:\n  nodeSelector: {no: where}'),
  'ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: plain
  tls: [{hosts: [web.example.com], secretName: web-tls}]
  rules:
  - host: web.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
`,
  'claim.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: manual
  resources: {requests: {storage: 1Gi}}
`,
  'lost.yaml': `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: lost}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nobody}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
`,
  'cron-job.yaml': `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: "busybox:1.37", command: [echo, done]}]
`,
  'stateful.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ledger}
spec:
  serviceName: ledger
  replicas: 2
  selector: {matchLabels: {app: ledger}}
  template:
    metadata: {labels: {app: ledger}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "nginx:1.29"}]
`,
  'widgets.yaml': widgets,
  'widget.yaml': widget('first', '{size: 3}'),
  'widget-too-big.yaml': widget('big', '{size: 30, colour: blue}'),
  'widget-odd.yaml': widget('odd', '{size: 2, shape: round}'),
};
