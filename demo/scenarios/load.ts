/** Loads a scenario's world straight into the store, in its settled form. */
import type { Machinery } from '../apiserver/rest/context.ts';
import { systemContext } from '../apiserver/rest/context.ts';
import type { ObjectWriter } from '../apiserver/rest/writer.ts';
import { readRbacFacts } from '../facts/facts.ts';

export function loadScenario(machinery: Machinery, writer: ObjectWriter, _name: string): void {
  const { kinds } = machinery;
  const context = systemContext('kube-apiserver');
  const rbac = readRbacFacts();
  for (const role of rbac.clusterroles)
    writer.create(kinds.builtIn('clusterroles.rbac.authorization.k8s.io'), '', role, context);
  for (const binding of rbac.clusterrolebindings)
    writer.create(kinds.builtIn('clusterrolebindings.rbac.authorization.k8s.io'), '', binding, context);
  for (const name of ['default', 'kube-system', 'shop-checkout'])
    writer.create(kinds.builtIn('namespaces'), '', { metadata: { name } }, context);
}
