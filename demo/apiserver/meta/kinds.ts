/**
 * Every kind served now: the built-in ones from the facts, the custom ones from the CRDs in the store.
 * A ResourceType's `key` (`pods`, `deployments.apps`) is its name in the store; all versions of a custom kind share it.
 */

import { at, isObject, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ResourceFact, SubresourceFact } from '../../facts/facts.ts';

export interface PrinterColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
  jsonPath: string;
}

export interface ResourceType extends ResourceFact {
  key: string;
  apiVersion: string;
  custom?: {
    columns: PrinterColumn[];
    hasStatus: boolean;
    /** Where the scale subresource finds its parts. */
    scale?: { spec: string; status: string; selector: string };
    /** Fields lists and watches may select on, `spec.colour`. */
    selectable: string[];
    /** openAPIV3Schema of this version. */
    schema: JsonObject;
  };
}

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

export class KindRegistry {
  readonly #builtIn: ResourceType[];
  #custom: ResourceType[] = [];
  #byPath = new Map<string, ResourceType>();
  #byKind = new Map<string, ResourceType>();

  constructor(facts: ResourceFact[]) {
    this.#builtIn = facts.map((fact) => ({
      ...fact,
      apiVersion: fact.group === '' ? fact.version : `${fact.group}/${fact.version}`,
      // Both event groups show the same objects.
      key: fact.group === '' || fact.resource === 'events' ? fact.resource : `${fact.resource}.${fact.group}`,
    }));
    this.#index();
  }

  /** Group, version and plural as they stand in a URL. */
  find(group: string, version: string, resource: string): ResourceType | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`);
  }

  byKind(apiVersion: string, kind: string): ResourceType | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /** A type that must exist because it is built in. */
  builtIn(key: string): ResourceType {
    const found = this.#builtIn.find((type) => type.key === key);
    if (!found) throw new Error(`no built-in resource ${key}`);
    return found;
  }

  all(): ResourceType[] {
    return [...this.#builtIn, ...this.#custom];
  }

  /** Groups and their versions in the order of discovery: built-in first, then custom ones by name. */
  groups(): Map<string, Map<string, ResourceType[]>> {
    const found = new Map<string, Map<string, ResourceType[]>>();
    for (const type of this.all()) {
      const versions = found.get(type.group) ?? new Map<string, ResourceType[]>();
      found.set(type.group, versions);
      versions.set(type.version, [...(versions.get(type.version) ?? []), type]);
    }
    return found;
  }

  /** Serves exactly these CRDs from now on. */
  setCustom(definitions: KubeObject[]): void {
    this.#custom = definitions
      .flatMap(customTypes)
      .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
    this.#index();
  }

  #index(): void {
    this.#byPath = new Map(
      this.all().map((type) => [`${type.group}/${type.version}/${type.resource}`, type]),
    );
    this.#byKind = new Map(this.all().map((type) => [`${type.apiVersion}/${type.kind}`, type]));
  }
}

const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

function customTypes(definition: KubeObject): ResourceType[] {
  const spec = definition.spec;
  if (!isObject(spec) || !isObject(spec.names)) return [];
  const { names } = spec;
  const group = text(spec.group);
  return objects(spec.versions)
    .filter((version) => version.served === true)
    .map((version): ResourceType => {
      const name = text(version.name);
      const kind = text(names.kind);
      return {
        group,
        version: name,
        apiVersion: `${group}/${name}`,
        key: `${text(names.plural)}.${group}`,
        resource: text(names.plural),
        singular: text(names.singular, kind.toLowerCase()),
        kind,
        namespaced: spec.scope === 'Namespaced',
        verbs: VERBS,
        shortNames: words(names.shortNames),
        categories: words(names.categories),
        subresources: customSubresources(group, name, kind, version),
        custom: {
          hasStatus: at(version, 'subresources', 'status') !== undefined,
          columns: printerColumns(version),
          selectable: objects(version.selectableFields).map(({ jsonPath }) => text(jsonPath).slice(1)),
          ...scalePaths(version),
          schema: object(at(version, 'schema', 'openAPIV3Schema')),
        },
      };
    });
}

function customSubresources(
  group: string,
  version: string,
  kind: string,
  spec: JsonObject,
): SubresourceFact[] {
  const verbs = ['get', 'patch', 'update'];
  const has = (name: string) => at(spec, 'subresources', name) !== undefined;
  return [
    ...(has('status') ? [{ name: 'status', group, version, kind, verbs }] : []),
    ...(has('scale') ? [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs }] : []),
  ];
}

function scalePaths(version: JsonObject) {
  const scale = at(version, 'subresources', 'scale');
  if (!isObject(scale)) return {};
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return {
    scale: {
      spec: text(specReplicasPath),
      status: text(statusReplicasPath),
      selector: text(labelSelectorPath),
    },
  };
}

function printerColumns(version: JsonObject): PrinterColumn[] {
  const columns = objects(version.additionalPrinterColumns).map((column) => ({
    name: text(column.name),
    type: text(column.type, 'string'),
    format: text(column.format),
    description:
      text(column.description) ||
      `Custom resource definition column (in JSONPath format): ${text(column.jsonPath)}`,
    priority: typeof column.priority === 'number' ? column.priority : 0,
    jsonPath: text(column.jsonPath),
  }));
  if (columns.length > 0) return columns;
  return [
    {
      name: 'Age',
      type: 'date',
      format: '',
      description: '',
      priority: 0,
      jsonPath: '.metadata.creationTimestamp',
    },
  ];
}
