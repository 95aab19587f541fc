import { type Chapter, namespace } from '../step.ts';

export const access: Chapter = {
  title: 'Rights',
  steps: [
    { title: 'Can I do everything', kubectl: "auth can-i '*' '*'" },
    { title: 'What can I do', kubectl: 'auth can-i --list' },
    { title: 'Who is jane', kubectl: 'auth whoami --as=jane --as-group=shop' },
    { title: 'What can jane do', kubectl: 'auth can-i --list --as=jane' },
    { title: 'Can jane read logs', kubectl: 'auth can-i get pods/log --as=jane' },
    { title: 'Can jane delete', kubectl: 'auth can-i delete pods --as=jane' },
    { title: 'Can jane elsewhere', kubectl: 'auth can-i get pods -n default --as=jane' },
    { title: 'Can anyone', kubectl: 'auth can-i get unicorns --as=jane' },
    { title: 'Jane reads', kubectl: 'get pod solo -o name --as=jane' },
    { title: 'Jane may not write', kubectl: 'delete pod solo --as=jane' },
    { title: 'Jane may not look elsewhere', kubectl: 'get pods -A --as=jane' },
    { title: 'Jane may not see Secrets', kubectl: 'get secret password --as=jane' },
    { title: 'Jane may not make a Role', kubectl: 'create role all --verb=* --resource=pods --as=jane' },
    {
      title: 'The robot has none',
      kubectl: `get pods --as=system:serviceaccount:${namespace}:robot`,
    },
    { title: 'Nobody at all', kubectl: 'get pods --as=system:anonymous' },
    { title: 'A token that is none', kubectl: 'get pods --kubeconfig=nobody --token=wrong' },
    { title: 'No credentials at all', kubectl: 'get pods --kubeconfig=nobody', stdin: 'me\nhush\n' },
    {
      title: 'Reconcile',
      kubectl: 'auth reconcile -f -',
      stdin: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: ${namespace}}
rules:
- {apiGroups: [""], resources: [services], verbs: [get]}
`,
    },
  ],
};
