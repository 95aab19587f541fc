/** LimitRanges: defaults for the containers of a new pod, and the bounds of containers, pods and claims. */
import { at, isObject, type JsonObject, object, objects, own, put, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { type Amounts, amountOf, amountText, podAmounts, readAmounts } from './amounts.ts';
import { type AdmissionRequest, refuse } from './request.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

const rangesOf = ({ machinery, value }: AdmissionRequest) =>
  machinery.store.list('limitranges', value.metadata.namespace ?? '-');

const limitsOf = (range: KubeObject, type: string) =>
  objects(at(range, 'spec', 'limits')).filter((limit) => limit.type === type);

/** Fills in place what a new pod's containers leave open, and notes it in an annotation. */
export function applyLimitRanges(request: AdmissionRequest): void {
  if (request.type.key !== 'pods') return;
  const { value } = request;
  for (const range of rangesOf(request)) {
    const limits = limitsOf(range, 'Container');
    const defaults = {
      requests: Object.assign({}, ...limits.map((limit) => object(limit.defaultRequest))) as JsonObject,
      limits: Object.assign({}, ...limits.map((limit) => object(limit.default))) as JsonObject,
    };
    const spec = object(value.spec);
    const notes = [
      ...objects(spec.containers).flatMap((item) => complete(item, defaults, 'container')),
      ...objects(spec.initContainers).flatMap((item) => complete(item, defaults, 'init container')),
    ];
    if (notes.length === 0) continue;
    const note = `LimitRanger plugin set: ${notes.join('; ')}`;
    value.metadata.annotations = { ...value.metadata.annotations, [ANNOTATION]: note };
  }
}

function complete(
  container: JsonObject,
  defaults: { requests: JsonObject; limits: JsonObject },
  what: string,
): string[] {
  const resources = isObject(container.resources) ? container.resources : {};
  container.resources = resources;
  return (['requests', 'limits'] as const).flatMap((side) => {
    const given = object(resources[side]);
    const missing = Object.keys(defaults[side])
      .filter((name) => own(given, name) === undefined)
      .sort();
    if (missing.length === 0) return [];
    const filled = { ...given };
    for (const name of missing) put(filled, name, defaults[side][name]);
    resources[side] = filled;
    const word = side === 'requests' ? 'request' : 'limit';
    return [`${missing.join(', ')} ${word} for ${what} ${text(container.name)}`];
  });
}

/** Throws 403 with every bound of the first LimitRange that is broken. */
export function checkLimitRanges(request: AdmissionRequest): void {
  const { type, value } = request;
  if (type.key !== 'pods' && type.key !== 'persistentvolumeclaims') return;
  for (const range of rangesOf(request)) {
    const broken = [
      ...new Set(type.key === 'pods' ? podFaults(range, object(value.spec)) : claimFaults(range, value)),
    ];
    if (broken.length === 1) throw refuse(request, broken[0] as string);
    if (broken.length > 1) throw refuse(request, `[${broken.join(', ')}]`);
  }
}

interface Asked {
  requests: Amounts;
  limits: Amounts;
}

type Bound = (kind: string, name: string, bound: unknown, asked: Asked) => string | undefined;

function podFaults(range: KubeObject, spec: JsonObject): string[] {
  const containers = [...objects(spec.containers), ...objects(spec.initContainers)].map((container) => ({
    requests: readAmounts(at(container, 'resources', 'requests')),
    limits: readAmounts(at(container, 'resources', 'limits')),
  }));
  const whole = { requests: podAmounts(spec, 'requests'), limits: podAmounts(spec, 'limits') };
  const bounds: [string, Bound][] = [
    ['min', belowMin],
    ['max', aboveMax],
    ['maxLimitRequestRatio', aboveRatio],
  ];
  return [
    ...limitsOf(range, 'Container').flatMap((limit) =>
      containers.flatMap((asked) => faultsOf(limit, 'Container', asked, bounds)),
    ),
    ...limitsOf(range, 'Pod').flatMap((limit) => faultsOf(limit, 'Pod', whole, bounds)),
  ];
}

function claimFaults(range: KubeObject, claim: KubeObject): string[] {
  const asked = { requests: readAmounts(at(claim, 'spec', 'resources', 'requests')), limits: new Map() };
  const kind = 'PersistentVolumeClaim';
  return limitsOf(range, kind).flatMap((limit) =>
    faultsOf(limit, kind, asked, [
      ['min', belowMin],
      ['max', requestAboveMax],
    ]),
  );
}

const faultsOf = (limit: JsonObject, kind: string, asked: Asked, bounds: [string, Bound][]): string[] =>
  bounds.flatMap(([key, bound]) =>
    Object.entries(object(limit[key])).flatMap(([name, written]) => bound(kind, name, written, asked) ?? []),
  );

const belowMin: Bound = (kind, name, bound, { requests, limits }) => {
  const words = `minimum ${name} usage per ${kind} is ${String(bound)}`;
  const least = amountOf(bound).value;
  const [request, limit] = [requests.get(name), limits.get(name)];
  if (!request) return `${words}.  No request is specified`;
  if (request.value < least) return `${words}, but request is ${amountText(request)}`;
  if (limit && limit.value < least) return `${words}, but limit is ${amountText(limit)}`;
  return undefined;
};

const aboveMax: Bound = (kind, name, bound, { requests, limits }) => {
  const words = `maximum ${name} usage per ${kind} is ${String(bound)}`;
  const most = amountOf(bound).value;
  const [request, limit] = [requests.get(name), limits.get(name)];
  if (!limit) return `${words}.  No limit is specified`;
  if (limit.value > most) return `${words}, but limit is ${amountText(limit)}`;
  if (request && request.value > most) return `${words}, but request is ${amountText(request)}`;
  return undefined;
};

const requestAboveMax: Bound = (kind, name, bound, { requests }) => {
  const words = `maximum ${name} usage per ${kind} is ${String(bound)}`;
  const request = requests.get(name);
  if (!request) return `${words}.  No request is specified`;
  return request.value > amountOf(bound).value
    ? `${words}, but request is ${amountText(request)}`
    : undefined;
};

const aboveRatio: Bound = (kind, name, bound, { requests, limits }) => {
  const words = `${name} max limit to request ratio per ${kind} is ${String(bound)}`;
  const [request, limit] = [requests.get(name)?.value ?? 0n, limits.get(name)?.value ?? 0n];
  if (request === 0n) return `${words}, but no request is specified or request is 0`;
  if (limit === 0n) return `${words}, but no limit is specified or limit is 0`;
  const ratio = Number(limit) / Number(request);
  if (ratio * 1000 <= Number(amountOf(bound).value)) return undefined;
  return `${words}, but provided ratio is ${ratio.toFixed(6)}`;
};
