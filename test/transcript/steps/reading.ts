import { type Chapter, clientLog, namespace, noMetrics } from '../step.ts';

export const reading: Chapter = {
  title: 'Reading objects',
  steps: [
    { title: 'A pod', kubectl: 'apply -f solo.yaml' },
    { title: 'Wait for a condition', kubectl: 'wait --for=condition=Ready pod/solo --timeout=30s' },
    {
      title: 'Wait for a value',
      kubectl: "wait --for=jsonpath='{.status.phase}'=Running pod/solo --timeout=30s",
    },
    {
      title: 'Wait for what never comes',
      kubectl: 'wait --for=condition=Nothing pod/solo --timeout=2s',
      blur: clientLog,
    },
    { title: 'Pods', kubectl: 'get pods', isUnordered: true },
    { title: 'One pod, wide', kubectl: 'get pod solo -o wide' },
    { title: 'With labels', kubectl: 'get pod solo --show-labels' },
    { title: 'A label as a column', kubectl: 'get pod solo -L app,tier' },
    { title: 'By label', kubectl: "get pods -l 'app in (web, none),!tier'", isUnordered: true },
    { title: 'By label, none', kubectl: 'get pods -l app=none' },
    { title: 'A selector that is none', kubectl: "get pods -l 'app in web'" },
    { title: 'By field', kubectl: 'get pods --field-selector=metadata.name=solo,status.phase=Running' },
    { title: 'By a field that is none', kubectl: 'get pods --field-selector=spec.colour=green' },
    { title: 'Sorted', kubectl: 'get deployments,configmaps --sort-by=.metadata.name' },
    {
      title: 'Own columns',
      kubectl:
        'get pod solo -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image,NONE:.spec.none',
    },
    { title: 'Names only', kubectl: 'get deployments,services,replicasets -o name' },
    { title: 'In every namespace', kubectl: 'get deployments -A -l app=web' },
    { title: 'All of it', kubectl: 'get all', isUnordered: true },
    { title: 'A Deployment, wide', kubectl: 'get deployment web -o wide' },
    { title: 'A Service', kubectl: 'get service web -o wide' },
    { title: 'Endpoint slices', kubectl: 'get endpointslices' },
    { title: 'A pod as YAML', kubectl: 'get pod solo -o yaml' },
    { title: 'A Deployment as YAML', kubectl: 'get deployment web -o yaml' },
    { title: 'A Service as YAML', kubectl: 'get service web -o yaml' },
    { title: 'A ConfigMap as JSON', kubectl: 'get configmap settings -o json' },
    { title: 'A template', kubectl: "get deployment web -o go-template='{{.kind}} {{.spec.replicas}}'" },
    {
      title: 'Watch',
      kubectl: 'get configmap settings --watch',
      meanwhile: [
        { when: /settings/, kubectl: 'label configmap settings watched=yes' },
        {
          when: /(settings.*\n[\s\S]*){2}/,
          kubectl: 'patch configmap settings --type=merge -p \'{"data":{"more":"1"}}\'',
        },
      ],
      interruptedWhen: /(settings.*\n[\s\S]*){3}/,
    },
    {
      title: 'Watch with the kinds of events',
      kubectl: 'get configmap -l watched --watch --output-watch-events',
      meanwhile: [
        { when: /settings/, kubectl: 'create configmap other' },
        { when: /settings/, kubectl: 'label configmap other watched=yes' },
        { when: /other/, kubectl: 'delete configmap other' },
      ],
      interruptedWhen: /DELETED.*\n/,
    },
    { title: 'A raw request', kubectl: `get --raw /api/v1/namespaces/${namespace}/configmaps/none` },
  ],
};

export const describing: Chapter = {
  title: 'Describing objects',
  steps: [
    {
      title: 'Events of an object',
      kubectl: 'events --for deployment/guarded --types=Normal',
      isUnordered: true,
    },
    {
      title: 'Events of a kind',
      kubectl: 'get events --field-selector=involvedObject.kind=Deployment,involvedObject.name=guarded',
      isUnordered: true,
    },
    { title: 'Describe a pod', kubectl: 'describe pod solo' },
    { title: 'Describe a Deployment', kubectl: 'describe deployment guarded' },
    { title: 'Describe a ReplicaSet', kubectl: 'describe replicaset -l app=guarded' },
    { title: 'Describe a StatefulSet', kubectl: 'describe statefulset ledger' },
    { title: 'Describe a Service', kubectl: 'describe service web' },
    { title: 'Describe an Ingress', kubectl: 'describe ingress web' },
    { title: 'Describe a claim', kubectl: 'describe pvc data' },
    { title: 'Describe a quota', kubectl: 'describe quota few' },
    {
      title: 'Describe an HPA of nothing',
      kubectl: 'describe hpa lost',
      until: /Events:[\s\S]*FailedGetScale/,
    },
    {
      title: 'Describe an HPA',
      kubectl: 'describe hpa web',
      blur: [/resource cpu on pods/, '  resource cpu on pods  (as a percentage of request):  <n> / 80%'],
      demoOnly: noMetrics,
    },
    { title: 'Describe a Job', kubectl: 'describe job once' },
    { title: 'Describe a CronJob', kubectl: 'describe cronjob nightly' },
    { title: 'Describe a budget', kubectl: 'describe pdb guarded' },
    { title: 'Describe a ConfigMap', kubectl: 'describe configmap settings' },
    { title: 'Describe a Secret', kubectl: 'describe secret password' },
    { title: 'Describe a Role', kubectl: 'describe role reader' },
    { title: 'Describe a RoleBinding', kubectl: 'describe rolebinding jane-reads' },
    { title: 'Describe a service account', kubectl: 'describe serviceaccount robot' },
    { title: 'Describe what is not there', kubectl: 'describe pod nobody' },
    { title: 'Describe a pod that fits nowhere', kubectl: 'describe pod nowhere', isUnordered: true },
  ],
};
