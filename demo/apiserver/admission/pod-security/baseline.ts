/** The checks of the level baseline, which every ordinary pod passes. Words and lists are those of pod-security-admission. */
import { array, at, isObject, type JsonObject, number, object, objects, text } from '../../../base/json.ts';
import type { Check } from './check.ts';
import {
  containersOf,
  hasUserNamespace,
  named,
  nameOf,
  type PodLike,
  plural,
  quoted,
  securityOf,
  setters,
  sorted,
} from './words.ts';

const CAPABILITIES = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);
const SELINUX_TYPES = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** Containers of which `values` finds something, and what it found. */
function found(pod: PodLike, values: (container: JsonObject) => string[]) {
  const bad = containersOf(pod).filter((container) => values(container).length > 0);
  return { names: bad.map(nameOf), values: sorted(bad.flatMap(values)) };
}

const addedCapabilities = (container: JsonObject): string[] =>
  array(at(securityOf(container), 'capabilities', 'add'))
    .map(String)
    .filter((name) => !CAPABILITIES.has(name));

const hostPorts = (container: JsonObject): string[] =>
  objects(container.ports).flatMap(({ hostPort }) => (number(hostPort) === 0 ? [] : [String(hostPort)]));

const probeHosts = (container: JsonObject): string[] =>
  [
    container.livenessProbe,
    container.readinessProbe,
    container.startupProbe,
    at(container, 'lifecycle', 'postStart'),
    at(container, 'lifecycle', 'preStop'),
  ].flatMap((handler) =>
    ['httpGet', 'tcpSocket'].map((way) => text(at(handler, way, 'host'))).filter((host) => host !== ''),
  );

/** procMount belongs to the same check at both levels; restricted allows no user namespace. */
export function procMountFault(pod: PodLike): string | undefined {
  const { names, values } = found(pod, (container) => {
    const { procMount } = securityOf(container);
    return procMount === undefined || procMount === 'Default' ? [] : [String(procMount)];
  });
  if (names.length === 0) return undefined;
  return `${named('container', names)} must not set securityContext.procMount to ${quoted(values)}`;
}

function appArmorFault(pod: PodLike): { reason: string; detail: string } | undefined {
  const type = (security: JsonObject) => text(at(security, 'appArmorProfile', 'type'));
  const isBad = (security: JsonObject) =>
    isObject(security.appArmorProfile) && !['RuntimeDefault', 'Localhost'].includes(type(security));
  const all = [pod.spec, ...containersOf(pod)].map(securityOf).filter(isBad).map(type);
  const annotations = Object.entries(pod.annotations)
    .filter(
      ([key, value]) => key.startsWith(APPARMOR) && !/^$|^runtime\/default$|^localhost\//.test(String(value)),
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const who = [
    ...setters(pod, isBad),
    ...(annotations.length > 0 ? [plural('annotation', annotations.length)] : []),
  ];
  const values = [...sorted(all), ...annotations];
  if (who.length === 0) return undefined;
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

function seLinuxFault(pod: PodLike): string | undefined {
  const options = (security: JsonObject) => object(security.seLinuxOptions);
  const isBadType = (security: JsonObject) => !SELINUX_TYPES.has(text(options(security).type));
  const has = (key: string) => (security: JsonObject) => text(options(security)[key]) !== '';
  const who = setters(
    pod,
    (security) => isBadType(security) || has('user')(security) || has('role')(security),
  );
  if (who.length === 0) return undefined;
  const all = [pod.spec, ...containersOf(pod)].map(securityOf);
  const types = sorted(all.filter(isBadType).map((security) => text(options(security).type)));
  const data = [
    ...named('type', types),
    ...(all.some(has('user')) ? ['user may not be set'] : []),
    ...(all.some(has('role')) ? ['role may not be set'] : []),
  ];
  return `${who.join(' and ')} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`;
}

/** Explicitly chosen profiles that are none. */
export function badSeccomp(pod: PodLike): string | undefined {
  const type = (security: JsonObject) => text(at(security, 'seccompProfile', 'type'));
  const isBad = (security: JsonObject) =>
    isObject(security.seccompProfile) && !['RuntimeDefault', 'Localhost'].includes(type(security));
  const who = setters(pod, isBad);
  if (who.length === 0) return undefined;
  const values = sorted([pod.spec, ...containersOf(pod)].map(securityOf).filter(isBad).map(type));
  return `${who.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(values)}`;
}

const containers = (pod: PodLike, isBad: (container: JsonObject) => boolean, words: string) => {
  const names = containersOf(pod).filter(isBad).map(nameOf);
  return names.length === 0 ? undefined : `${named('container', names)} ${words}`;
};

export const BASELINE: Check[] = [
  { id: 'appArmorProfile', level: 'baseline', check: appArmorFault },
  {
    id: 'capabilities_baseline',
    level: 'baseline',
    reason: 'non-default capabilities',
    check: (pod) => {
      const { names, values } = found(pod, addedCapabilities);
      if (names.length === 0) return undefined;
      return `${named('container', names)} must not include ${quoted(values)} in securityContext.capabilities.add`;
    },
  },
  {
    id: 'hostNamespaces',
    level: 'baseline',
    reason: 'host namespaces',
    check: ({ spec }) =>
      ['hostNetwork', 'hostPID', 'hostIPC']
        .filter((key) => spec[key] === true)
        .map((key) => `${key}=true`)
        .join(', '),
  },
  {
    id: 'hostPathVolumes',
    level: 'baseline',
    reason: 'hostPath volumes',
    check: ({ spec }) =>
      named(
        'volume',
        objects(spec.volumes)
          .filter(({ hostPath }) => hostPath !== undefined)
          .map(nameOf),
      )[0],
  },
  {
    id: 'hostPorts',
    level: 'baseline',
    reason: 'hostPort',
    check: (pod) => {
      const { names, values } = found(pod, hostPorts);
      if (names.length === 0) return undefined;
      const uses = names.length === 1 ? 'uses' : 'use';
      return `${named('container', names)} ${uses} ${plural('hostPort', values.length)} ${values.join(', ')}`;
    },
  },
  {
    id: 'hostProbesAndHostLifecycle',
    level: 'baseline',
    since: 34,
    reason: 'probe or lifecycle host',
    check: (pod) => {
      const { names, values } = found(pod, probeHosts);
      if (names.length === 0) return undefined;
      const uses = names.length === 1 ? 'uses' : 'use';
      return `${named('container', sorted(names))} ${uses} ${plural('probe or lifecycle host', values.length)} ${quoted(values)}`;
    },
  },
  {
    id: 'privileged',
    level: 'baseline',
    reason: 'privileged',
    check: (pod) =>
      containers(
        pod,
        (container) => securityOf(container).privileged === true,
        'must not set securityContext.privileged=true',
      ),
  },
  {
    id: 'procMount',
    level: 'baseline',
    reason: 'procMount',
    check: (pod) => (hasUserNamespace(pod) ? undefined : procMountFault(pod)),
  },
  { id: 'seLinuxOptions', level: 'baseline', reason: 'seLinuxOptions', check: seLinuxFault },
  { id: 'seccompProfile_baseline', level: 'baseline', reason: 'seccompProfile', check: badSeccomp },
  {
    id: 'sysctls',
    level: 'baseline',
    reason: 'forbidden sysctls',
    check: ({ spec }) =>
      objects(securityOf(spec).sysctls)
        .map(nameOf)
        .filter((name) => !SYSCTLS.has(name))
        .join(', '),
  },
  {
    id: 'windowsHostProcess',
    level: 'baseline',
    reason: 'hostProcess',
    check: (pod) => {
      const who = setters(pod, (security) => at(security, 'windowsOptions', 'hostProcess') === true);
      if (who.length === 0) return undefined;
      return `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`;
    },
  },
];
