/**
 * Where a line of kubectl's output may differ between the demo and the real control plane of the tests. Each entry
 * must still occur, and `because` is a passage of docs/demo-differences.md, word for word.
 */

export interface Difference {
  /** Titles of steps; all without it. */
  step?: RegExp;
  /** Lines that only one side prints. */
  demo?: RegExp;
  real?: RegExp;
  because: string;
}

/** Words of docs/demo-differences.md. */
const SHOP = 'the shop brings a custom kind, metrics.k8s.io and DaemonSets with pods on every node';
const KWOK = 'pods there have no container ids, digests, kubelet events or conditions of a sandbox';
const MISSING =
  'the bindings resource (pods/binding is served), componentstatuses, podtemplates, runtimeclasses';
const DISCOVERY = /^(?:Every resource|API versions)$/;
const NODE = /^Describe the node$/;
const POD = /^(?:A pod as YAML|Describe a pod)$/;

export const differences: readonly Difference[] = [
  { step: DISCOVERY, demo: /cert-manager\.io|metrics\.k8s\.io/, because: SHOP },
  {
    step: DISCOVERY,
    real: /(?:admissionregistration|certificates|flowcontrol\.apiserver|resource|apiregistration)\.k8s\.io\//,
    because: 'admissionregistration, certificates, flowcontrol, resource (DRA), apiregistration groups',
  },
  {
    step: DISCOVERY,
    real: /^(?:bindings|componentstatuses|podtemplates|runtimeclasses) |^node\.k8s\.io\/v1$/,
    because: MISSING,
  },
  { step: DISCOVERY, real: /^autoscaling\/v1$/, because: 'autoscaling/v1, older API versions' },
  {
    step: POD,
    demo: /PodReadyToStartContainers|lastProbeTime|lastTransitionTime|status: "True"|observedGeneration|kubelet {2}spec/,
    because: KWOK,
  },
  {
    step: POD,
    demo: /container ?id:|image ?id:|image: /i,
    real: /container id:|image ?id: |- image: /i,
    because: KWOK,
  },
  {
    step: POD,
    demo: /^Node: |hostIP: |- ip: /,
    real: /^Node: .*127\.0\.0\.1|hostIP: 127\.0\.0\.1|- ip: 127\.0\.0\.1/,
    because: "KWOK's nodes are all at 127.0.0.1",
  },
  {
    step: NODE,
    demo: /^Labels: {2}kubernetes\.io\/arch=amd64$/,
    real: /beta\.kubernetes\.io\/|node\.alpha\.kubernetes\.io\/ttl|kubernetes\.io\/arch=amd64$/,
    because: 'no labels of `beta.kubernetes.io` and no annotation of the ttl controller',
  },
  {
    step: NODE,
    demo: /^Non-terminated Pods: {2}\(6|^ {2}kube-system {2}|^ {2}(?:cpu|memory) {2}\d/,
    real: /^Non-terminated Pods: {2}\(2|^ {2}(?:cpu|memory) {2}\d/,
    because: SHOP,
  },
  { step: /^Drain/, demo: /^Warning: ignoring DaemonSet-managed Pods/, because: SHOP },
  {
    step: /^Another of that name$/,
    real: /^@@ |^\+? *["\]}]/,
    because: 'the difference a refused change makes is not printed',
  },
  {
    step: /^Describe a claim$/,
    demo: /^Finalizers: {2}\[\]$/,
    real: /^Finalizers: {2}\[kubernetes\.io\/pvc-protection\]$/,
    because: 'or protecting finalizers',
  },
];
