import { type Chapter, clientLog, namespace, waiting } from '../step.ts';

export const changing: Chapter = {
  title: 'Making and changing objects',
  steps: [
    { title: 'Dry run on the server', kubectl: 'apply -f web.yaml --dry-run=server' },
    { title: 'A diff before anything is there', kubectl: 'diff -f settings.yaml' },
    { title: 'Apply a Deployment and a Service', kubectl: 'apply -f web.yaml' },
    { title: 'Wait for it', kubectl: 'rollout status deployment/web', blur: waiting },
    { title: 'Apply again', kubectl: 'apply -f web.yaml' },
    { title: 'Create', kubectl: 'create -f settings.yaml' },
    { title: 'Create again', kubectl: 'create -f settings.yaml' },
    { title: 'Wrong values', kubectl: 'create -f wrong.yaml' },
    { title: 'An unknown field', kubectl: 'create -f unknown-field.yaml' },
    {
      title: 'An unknown field, only warned of',
      kubectl: 'create -f unknown-field.yaml --validate=warn --dry-run=server',
    },
    { title: 'Apply what create made', kubectl: 'apply -f settings.yaml' },
    { title: 'Server-side apply by another manager', kubectl: 'apply --server-side -f settings-red.yaml' },
    {
      title: 'Server-side apply, conflicts forced',
      kubectl: 'apply --server-side --force-conflicts -f settings-red.yaml',
    },
    { title: 'What it is now', kubectl: "get configmap settings -o jsonpath='{.data}'" },
    {
      title: 'Who manages what',
      kubectl:
        'get configmap settings --show-managed-fields -o jsonpath=\'{range .metadata.managedFields[*]}{.manager} {.operation} {.fieldsV1}{"\\n"}{end}\'',
    },
    { title: 'A diff', kubectl: 'diff -f web-larger.yaml' },
    {
      title: 'A diff by server-side apply',
      kubectl: 'diff --server-side --force-conflicts -f settings.yaml',
    },
    { title: 'Strategic merge patch', kubectl: `patch deployment web -p '{"spec":{"replicas":2}}'` },
    {
      title: 'JSON merge patch',
      kubectl: `patch configmap settings --type=merge -p '{"data":{"size":null,"depth":"2"}}'`,
    },
    {
      title: 'JSON patch',
      kubectl: `patch configmap settings --type=json -p '[{"op":"test","path":"/data/depth","value":"2"},{"op":"add","path":"/data/width","value":"1"}]'`,
    },
    {
      title: 'JSON patch of what is not there',
      kubectl: `patch configmap settings --type=json -p '[{"op":"remove","path":"/data/none"}]'`,
    },
    {
      title: 'JSON patch whose test fails',
      kubectl: `patch configmap settings --type=json -p '[{"op":"test","path":"/data/depth","value":"9"}]'`,
    },
    { title: 'A patch that is no JSON', kubectl: 'patch configmap settings --type=merge -p \'{"data":\'' },
    { title: 'A patch of the wrong type', kubectl: `patch deployment web -p '{"spec":{"replicas":"two"}}'` },
    { title: 'A patch that changes nothing', kubectl: `patch deployment web -p '{"spec":{"replicas":2}}'` },
    { title: 'Edit', kubectl: 'edit configmap settings', editor: 'sed -i s/red/blue/' },
    { title: 'Edit nothing', kubectl: 'edit configmap settings', editor: 'true' },
    { title: 'Replace', kubectl: 'replace -f settings.yaml' },
    {
      title: 'Replace an old version of it',
      kubectl: 'replace -f -',
      stdin:
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, resourceVersion: "1"}\ndata: {colour: red}\n',
    },
    { title: 'Replace what is not there', kubectl: 'replace -f solo.yaml' },
    { title: 'Label', kubectl: 'label configmap settings team=shop' },
    { title: 'Label again, another value', kubectl: 'label configmap settings team=search' },
    { title: 'Label, overwrite', kubectl: 'label configmap settings team=search --overwrite' },
    { title: 'A label that cannot be', kubectl: "label configmap settings team='not so'  --overwrite" },
    { title: 'Remove a label', kubectl: 'label configmap settings team-' },
    { title: 'Annotate', kubectl: 'annotate configmap settings note="a word or two"' },
    { title: 'Scale', kubectl: 'scale deployment/web --replicas=3' },
    { title: 'Scale only from a size', kubectl: 'scale deployment/web --current-replicas=9 --replicas=3' },
    { title: 'Set resources', kubectl: 'set resources deployment/web --limits=memory=80Mi' },
    { title: 'Set environment', kubectl: 'set env deployment/web MODE=fancy' },
    { title: 'List environment', kubectl: 'set env deployment/web --list' },
    {
      title: 'Set a selector that cannot change',
      kubectl: `patch deployment web -p '{"spec":{"selector":{"matchLabels":{"x":"y"}}}}'`,
    },
    { title: 'Settled again', kubectl: 'rollout status deployment/web', blur: waiting },
  ],
};

export const removing: Chapter = {
  title: 'Removing objects',
  steps: [
    { title: 'A pod that finalizes', kubectl: 'create -f kept.yaml' },
    { title: 'Delete it without waiting', kubectl: 'delete pod kept --wait=false' },
    {
      title: 'It stays, being deleted',
      kubectl: "get pod kept -o jsonpath='{.metadata.finalizers} {.metadata.deletionGracePeriodSeconds}'",
      until: /\] 0/,
    },
    {
      title: 'Wait for its end in vain',
      kubectl: 'wait --for=delete pod/kept --timeout=2s',
      blur: clientLog,
    },
    {
      title: 'Let it go',
      kubectl: `patch pod kept --type=merge -p '{"metadata":{"finalizers":null}}'`,
    },
    { title: 'Wait for its end', kubectl: 'wait --for=delete pod/kept --timeout=30s' },
    { title: 'Delete and orphan', kubectl: 'delete deployment guarded --cascade=orphan' },
    {
      title: 'The orphans',
      kubectl: "get replicaset -l app=guarded -o jsonpath='{.items[*].metadata.ownerReferences}'",
    },
    { title: 'Delete in the foreground', kubectl: 'delete statefulset ledger --cascade=foreground' },
    { title: 'Nothing is left of it', kubectl: 'get pods -l app=ledger' },
    { title: 'Delete in the background', kubectl: 'delete deployment web' },
    { title: 'Delete what is not there', kubectl: 'delete deployment web' },
    { title: 'Not there, and no matter', kubectl: 'delete deployment web --ignore-not-found' },
    { title: 'Delete by label', kubectl: 'delete replicasets -l app=guarded' },
    { title: 'Delete by file', kubectl: 'delete -f settings.yaml -f ingress.yaml' },
    { title: 'Delete dry', kubectl: 'delete service web --dry-run=server' },
    { title: 'Delete now', kubectl: 'delete pod runner --now --ignore-not-found' },
    { title: 'Delete by force', kubectl: 'delete pod solo --force --grace-period=0' },
    { title: 'Delete a node', kubectl: 'delete node edge-1' },
    { title: 'Delete all of a kind', kubectl: 'delete quota --all' },
    { title: 'Delete the namespace', kubectl: `delete namespace ${namespace} --timeout=45s` },
    { title: 'It is gone', kubectl: `get namespace ${namespace}` },
  ],
};
