/** The checks of a CustomResourceDefinition as a whole, in apiextensions-apiserver's words and under its field names. */
import { array, at, equal, isObject, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { type FieldFault, invalidValue, required } from '../meta/status.ts';
import { fieldSchema } from '../schema/structural.ts';
import { structureFaults } from './structure-faults.ts';

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_WORDS =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const SIMPLE_PATH = 'must be a simple json path starting with .';
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const APPROVED = 'api-approved.kubernetes.io';

const unsupported = (field: string, value: unknown, known: string[]): FieldFault => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${known.map((item) => `"${item}"`).join(', ')}`,
});

/** Everything that is wrong with a definition; its status is set. What is not there counts as empty. */
export function definitionFaults(value: KubeObject): FieldFault[] {
  const spec = object(value.spec);
  const names = object(spec.names);
  const group = text(spec.group);
  const faults: FieldFault[] = [];
  if (value.metadata.name !== `${text(names.plural)}.${group}`)
    faults.push(
      invalidValue('metadata.name', value.metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(group) && !value.metadata.annotations?.[APPROVED])
    faults.push(
      required(
        `metadata.annotations[${APPROVED}]`,
        `protected groups must have approval annotation "${APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    );
  return [
    ...faults,
    ...groupFaults(spec, group),
    ...nameFaults(names),
    ...versionFaults(spec, object(value.status)),
    ...conversionFaults(object(spec.conversion)),
    ...objects(spec.versions).flatMap((version, index, all) => partFaults(version, index, all)),
  ];
}

function groupFaults(spec: JsonObject, group: string): FieldFault[] {
  const faults: FieldFault[] = [];
  if (group === '') faults.push(required('spec.group'));
  else if (!SUBDOMAIN.test(group)) faults.push(invalidValue('spec.group', group, SUBDOMAIN_WORDS));
  else if (!group.includes('.'))
    faults.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  const scope = text(spec.scope);
  if (scope === '') faults.push(required('spec.scope'));
  else if (scope !== 'Cluster' && scope !== 'Namespaced')
    faults.push(unsupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  if (spec.preserveUnknownFields === true)
    faults.push(
      invalidValue(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  return faults;
}

function nameFaults(names: JsonObject): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const key of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const name = text(names[key]);
    const isKind = key === 'kind' || key === 'listKind';
    const words = isKind ? `may have mixed case, but should otherwise match: ${LABEL_WORDS}` : LABEL_WORDS;
    // Names that are left out are made of the kind.
    if (name === '' || (key === 'listKind' && name === 'List')) faults.push(required(`spec.names.${key}`));
    else if (!LABEL.test(isKind ? name.toLowerCase() : name))
      faults.push(invalidValue(`spec.names.${key}`, name, words));
  }
  for (const key of ['shortNames', 'categories'] as const)
    for (const [index, name] of array(names[key]).entries())
      if (!LABEL.test(String(name)))
        faults.push(invalidValue(`spec.names.${key}[${index}]`, name, LABEL_WORDS));
  if (names.kind !== '' && names.kind !== undefined && names.kind === names.listKind)
    faults.push(invalidValue('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  return faults;
}

/** As Go's JSON encoder prints the internal type, in which equal parts of all versions have moved to the top. */
const printed = (versions: JsonObject[]) =>
  versions.length === 0
    ? null
    : versions.map((version) => ({
        Name: version.name ?? '',
        Served: version.served === true,
        Storage: version.storage === true,
        Deprecated: version.deprecated === true,
        DeprecationWarning: version.deprecationWarning ?? null,
        Schema: null,
        Subresources: null,
        AdditionalPrinterColumns: null,
        SelectableFields: null,
      }));

function versionFaults(spec: JsonObject, status: JsonObject): FieldFault[] {
  const versions = objects(spec.versions);
  const stored = array(status.storedVersions);
  const faults: FieldFault[] = [];
  for (const [index, version] of versions.entries()) {
    const name = text(version.name);
    if (LABEL.test(name)) continue;
    faults.push(invalidValue(`spec.versions[${index}].name`, name, LABEL_WORDS));
    if (index === 0) faults.push(invalidValue('spec.version', name, LABEL_WORDS));
  }
  const names = versions.map(({ name }) => name);
  if (new Set(names).size < names.length)
    faults.push(invalidValue('spec.versions', printed(versions), 'must contain unique version names'));
  const storage = versions.filter((version) => version.storage === true);
  if (storage.length !== 1)
    faults.push(
      invalidValue(
        'spec.versions',
        printed(versions),
        'must have exactly one version marked as storage version',
      ),
    );
  if (stored.length === 0)
    faults.push(invalidValue('status.storedVersions', null, 'must have at least one stored version'));
  for (const { name } of stored.length > 0 ? storage : [])
    if (!stored.includes(name))
      faults.push(
        invalidValue('status.storedVersions', stored, `must have the storage version ${text(name)}`),
      );
  for (const [index, name] of stored.entries()) {
    if (names.includes(name)) continue;
    const why = `missing from spec.versions; ${String(name)} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${String(name)} and removes ${String(name)} from status.storedVersions`;
    faults.push(invalidValue(`status.storedVersions[${index}]`, name, why));
  }
  return faults;
}

function conversionFaults(conversion: JsonObject): FieldFault[] {
  const { strategy } = conversion;
  if (strategy !== 'None' && strategy !== 'Webhook')
    return [unsupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])];
  if (strategy === 'None') return [];
  const faults: FieldFault[] = [];
  if (!isObject(at(conversion, 'webhook', 'clientConfig')))
    faults.push(required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook'));
  if (array(at(conversion, 'webhook', 'conversionReviewVersions')).length === 0)
    faults.push(required('spec.conversion.conversionReviewVersions'));
  return faults;
}

/** The parts that each version has: named once when all versions agree, else version by version. */
function partFaults(version: JsonObject, index: number, all: JsonObject[]): FieldFault[] {
  const where = (key: string, shared: string): string | undefined => {
    if (all.some((other) => !equal(other[key], version[key]))) return `spec.versions[${index}].${key}`;
    return index === 0 ? `spec.${shared}` : undefined;
  };
  const schema = object(version.schema).openAPIV3Schema;
  if (!isObject(schema)) return [required(`spec.versions[${index}].schema.openAPIV3Schema`)];
  const [structure, columns, sub, selectable] = [
    where('schema', 'validation'),
    where('additionalPrinterColumns', 'additionalPrinterColumns'),
    where('subresources', 'subresources'),
    where('selectableFields', 'selectableFields'),
  ];
  return [
    ...(structure ? structureFaults(schema, `${structure}.openAPIV3Schema`) : []),
    ...(columns ? columnFaults(version, columns) : []),
    ...(sub ? scaleFaults(version, sub) : []),
    ...(selectable ? selectableFaults(version, schema, selectable) : []),
  ];
}

function columnFaults(version: JsonObject, path: string): FieldFault[] {
  return objects(version.additionalPrinterColumns).flatMap((column, index) => {
    const faults: FieldFault[] = [];
    const here = `${path}[${index}]`;
    const [type, format, jsonPath] = [text(column.type), text(column.format), text(column.jsonPath)];
    if (text(column.name) === '') faults.push(required(`${here}.name`));
    if (type === '') faults.push(required(`${here}.type`, `must be one of ${COLUMN_TYPES.join(',')}`));
    else if (!COLUMN_TYPES.includes(type))
      faults.push(invalidValue(`${here}.type`, type, `must be one of ${COLUMN_TYPES.join(',')}`));
    if (format !== '' && !COLUMN_FORMATS.includes(format))
      faults.push(invalidValue(`${here}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
    if (jsonPath === '') faults.push(required(`${here}.JSONPath`));
    else if (!jsonPath.startsWith('.')) faults.push(invalidValue(`${here}.JSONPath`, jsonPath, SIMPLE_PATH));
    return faults;
  });
}

function scaleFaults(version: JsonObject, path: string): FieldFault[] {
  const scale = at(version, 'subresources', 'scale');
  if (!isObject(scale)) return [];
  const faults: FieldFault[] = [];
  for (const [key, root, isNeeded] of [
    ['specReplicasPath', '.spec', true],
    ['statusReplicasPath', '.status', true],
    ['labelSelectorPath', '', false],
  ] as const) {
    const given = text(scale[key]);
    const field = `${path}.scale.${key}`;
    if (given === '') {
      if (isNeeded) faults.push(required(field));
    } else if (!given.startsWith('.')) faults.push(invalidValue(field, given, SIMPLE_PATH));
    else if (root !== '' && !given.startsWith(`${root}.`))
      faults.push(invalidValue(field, given, `should be a json path under ${root}`));
    else if (root === '' && !/^\.(spec|status)\./.test(given))
      faults.push(invalidValue(field, given, 'should be a json path under either .spec or .status'));
  }
  return faults;
}

function selectableFaults(version: JsonObject, schema: JsonObject, path: string): FieldFault[] {
  return objects(version.selectableFields).flatMap((field, index) => {
    const given = text(field.jsonPath);
    const here = `${path}[${index}].jsonPath`;
    if (!given.startsWith('.'))
      return [invalidValue(here, given, `is an invalid path: expected [ or . but got: ${given}`)];
    let node: JsonObject | true | undefined = schema;
    for (const key of given.slice(1).split('.')) node = isObject(node) ? fieldSchema(node, key) : undefined;
    if (node === undefined)
      return [invalidValue(here, given, 'is an invalid path: does not refer to a valid field')];
    return [];
  });
}
