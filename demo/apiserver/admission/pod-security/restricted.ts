/** The checks that the level restricted adds. Words and lists are those of pod-security-admission. */
import { array, at, isObject, type JsonObject, objects } from '../../../base/json.ts';
import { badSeccomp, procMountFault } from './baseline.ts';
import type { Check } from './check.ts';
import {
  containersOf,
  hasUserNamespace,
  isWindows,
  named,
  nameOf,
  type PodLike,
  plural,
  quoted,
  securityOf,
  setters,
  sorted,
} from './words.ts';

const VOLUMES =
  'configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'.split(' ');
const OTHER_VOLUMES =
  'hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos'.split(
    ' ',
  );

const having = (pod: PodLike, isBad: (security: JsonObject) => boolean): string[] =>
  containersOf(pod)
    .filter((container) => isBad(securityOf(container)))
    .map(nameOf);

function escalationFault(pod: PodLike): string | undefined {
  const names = having(pod, (security) => security.allowPrivilegeEscalation !== false);
  if (isWindows(pod) || names.length === 0) return undefined;
  return `${named('container', names)} must set securityContext.allowPrivilegeEscalation=false`;
}

function capabilityFault(pod: PodLike): string | undefined {
  if (isWindows(pod)) return undefined;
  const list = (security: JsonObject, key: string) => array(at(security, 'capabilities', key)).map(String);
  const added = (security: JsonObject) => list(security, 'add').filter((name) => name !== 'NET_BIND_SERVICE');
  const keeping = having(pod, (security) => !list(security, 'drop').includes('ALL'));
  const adding = having(pod, (security) => added(security).length > 0);
  const names = sorted(containersOf(pod).flatMap((container) => added(securityOf(container))));
  const faults = [
    ...named('container', keeping).map((who) => `${who} must set securityContext.capabilities.drop=["ALL"]`),
    ...named('container', adding).map(
      (who) => `${who} must not include ${quoted(names)} in securityContext.capabilities.add`,
    ),
  ];
  return faults.join('; ');
}

function volumeFault({ spec }: PodLike): string | undefined {
  const bad = objects(spec.volumes).filter((volume) => !VOLUMES.some((type) => volume[type] !== undefined));
  if (bad.length === 0) return undefined;
  const types = sorted(
    bad.map((volume) => OTHER_VOLUMES.find((type) => volume[type] !== undefined) ?? 'unknown'),
  );
  const uses = bad.length === 1 ? 'uses' : 'use';
  return `${named('volume', bad.map(nameOf))} ${uses} ${plural('restricted volume type', types.length)} ${quoted(types)}`;
}

function nonRootFault(pod: PodLike): string | undefined {
  if (hasUserNamespace(pod)) return undefined;
  const bad = setters(pod, (security) => security.runAsNonRoot === false);
  if (bad.length > 0) return `${bad.join(' and ')} must not set securityContext.runAsNonRoot=false`;
  if (securityOf(pod.spec).runAsNonRoot === true) return undefined;
  const open = having(pod, (security) => security.runAsNonRoot === undefined);
  if (open.length === 0) return undefined;
  return `pod or ${named('container', open)} must set securityContext.runAsNonRoot=true`;
}

function userFault(pod: PodLike): string | undefined {
  if (hasUserNamespace(pod)) return undefined;
  const bad = setters(pod, (security) => security.runAsUser === 0);
  return bad.length === 0 ? undefined : `${bad.join(' and ')} must not set runAsUser=0`;
}

function seccompFault(pod: PodLike): string | undefined {
  if (isWindows(pod)) return undefined;
  const bad = badSeccomp(pod);
  if (bad !== undefined || isObject(securityOf(pod.spec).seccompProfile)) return bad;
  const open = having(pod, (security) => !isObject(security.seccompProfile));
  if (open.length === 0) return undefined;
  return `pod or ${named('container', open)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
}

export const RESTRICTED: Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    reason: 'allowPrivilegeEscalation != false',
    check: escalationFault,
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    since: 22,
    overrides: 'capabilities_baseline',
    reason: 'unrestricted capabilities',
    check: capabilityFault,
  },
  {
    id: 'procMount_restricted',
    level: 'restricted',
    since: 35,
    overrides: 'procMount',
    reason: 'procMount',
    check: procMountFault,
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    overrides: 'hostPathVolumes',
    reason: 'restricted volume types',
    check: volumeFault,
  },
  { id: 'runAsNonRoot', level: 'restricted', reason: 'runAsNonRoot != true', check: nonRootFault },
  { id: 'runAsUser', level: 'restricted', since: 23, reason: 'runAsUser=0', check: userFault },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    since: 19,
    overrides: 'seccompProfile_baseline',
    reason: 'seccompProfile',
    check: seccompFault,
  },
];
