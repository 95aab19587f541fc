import { type Chapter, namespace } from '../step.ts';

export const cluster: Chapter = {
  title: 'The cluster',
  steps: [
    { title: 'Versions', kubectl: 'version' },
    { title: 'Where it is', kubectl: 'cluster-info' },
    { title: 'The kubeconfig', kubectl: 'config view' },
    { title: 'Contexts', kubectl: 'config get-contexts' },
    { title: 'Who am I', kubectl: 'auth whoami' },
    { title: 'Ready', kubectl: "get --raw '/readyz?verbose'" },
    { title: 'Alive', kubectl: 'get --raw /livez' },
    { title: 'Every resource', kubectl: 'api-resources --no-headers --sort-by=name' },
    { title: 'Resources of a group, with verbs', kubectl: 'api-resources --api-group=apps -o wide' },
    { title: 'API versions', kubectl: 'api-versions' },
    { title: 'Explain a field', kubectl: 'explain deployment.spec.strategy' },
    {
      title: 'Explain all below a field',
      kubectl: 'explain deployment.spec.strategy.rollingUpdate --recursive',
    },
    { title: 'Explain a kind', kubectl: 'explain poddisruptionbudgets' },
    { title: 'Explain what is not there', kubectl: 'explain pod.spec.nothing' },
    { title: 'A namespace for the session', kubectl: `create namespace ${namespace}` },
    {
      title: 'Its service account comes by itself',
      kubectl: 'get serviceaccounts,configmaps',
      until: /default[\s\S]*kube-root-ca/,
    },
    { title: 'Describe the namespace', kubectl: `describe namespace ${namespace}` },
    { title: 'A kind that does not exist', kubectl: 'get unicorns' },
    { title: 'An object that does not exist', kubectl: 'get pod nobody' },
    { title: 'Nothing there', kubectl: 'get pods' },
    { title: 'A namespace that does not exist', kubectl: 'get pods -n nowhere' },
    { title: 'Create in a namespace that does not exist', kubectl: 'create configmap x -n nowhere' },
  ],
};
