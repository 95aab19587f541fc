/** Namespaces: what a new one starts with, and emptying one that is to go. */
import { systemContext } from '../apiserver/rest/context.ts';
import { array, at } from '../base/json.ts';
import { type ControllerTools, MANAGER } from './framework/controller.ts';

const AGAIN_MS = 1_000;

export class NamespaceController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const name = key.slice(1);
    const { store, kinds } = this.#tools.machinery;
    const namespace = store.get('namespaces', '', name);
    if (!namespace) return undefined;
    if (namespace.metadata.deletionTimestamp === undefined) {
      this.#furnish(name);
      return undefined;
    }
    let left = 0;
    const seen = new Set<string>();
    for (const type of kinds.all()) {
      if (!type.namespaced || seen.has(type.key)) continue;
      seen.add(type.key);
      for (const object of store.list(type.key, name)) {
        if (object.metadata.deletionTimestamp === undefined) {
          this.#tools.mutations.deleter.delete(type, name, object.metadata.name, {
            isDryRun: false,
            propagationPolicy: 'Background',
          });
        }
      }
      left += store.list(type.key, name).length;
    }
    if (left > 0) return AGAIN_MS;
    if (array(at(namespace, 'spec', 'finalizers')).length === 0) return undefined;
    const type = kinds.builtIn('namespaces');
    this.#tools.mutations.writer.update(
      type,
      '',
      name,
      (current) => ({ ...current, spec: { finalizers: [] } }),
      systemContext('namespace-controller'),
      { isTrusted: true },
    );
    return undefined;
  }

  #furnish(name: string): void {
    const { store, kinds, caCertificate } = this.#tools.machinery;
    const { writer } = this.#tools.mutations;
    if (!store.get('serviceaccounts', name, 'default')) {
      writer.create(
        kinds.builtIn('serviceaccounts'),
        name,
        { metadata: { name: 'default' } },
        systemContext(MANAGER),
      );
    }
    if (!store.get('configmaps', name, 'kube-root-ca.crt')) {
      writer.create(
        kinds.builtIn('configmaps'),
        name,
        { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': caCertificate } },
        systemContext(MANAGER),
      );
    }
  }
}
