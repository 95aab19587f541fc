/** What a process in a container sees: its files, its environment, the other processes. Built from the pod alone. */
import { isObject, type JsonObject, object, objects, own, text } from '../base/json.ts';
import type { Container, Pod } from '../base/types.ts';
import { containerSpec } from './run.ts';

/** Data of a ConfigMap or Secret of the pod's namespace, decoded; empty when there is none. */
export type ReadData = (kind: 'configmaps' | 'secrets', name: string) => Map<string, string>;

export interface Machine {
  hostname: string;
  workDir: string;
  env: Map<string, string>;
  /** Absolute path to content; a folder is there because something lies below it, or as an entry ending in `/`. */
  files: Map<string, string>;
  /** Process 1. */
  command: string;
  startMs: number;
}

const OS_RELEASE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\n';

const FOLDERS = [
  '/bin/',
  '/dev/',
  '/home/',
  '/mnt/',
  '/opt/',
  '/root/',
  '/tmp/',
  '/usr/bin/',
  '/var/log/',
  '/app/',
];

const PROGRAMS = [
  'cat',
  'echo',
  'env',
  'false',
  'hostname',
  'ls',
  'ps',
  'pwd',
  'sh',
  'sleep',
  'top',
  'true',
  'uname',
];

export function buildMachine(pod: Pod, container: Container, startMs: number, read: ReadData): Machine {
  const { name, namespace = '' } = pod.metadata;
  const files = new Map<string, string>(FOLDERS.map((folder) => [folder, '']));
  for (const program of PROGRAMS) files.set(`/bin/${program}`, '');
  files.set('/etc/hostname', `${name}\n`);
  files.set('/etc/hosts', `127.0.0.1\tlocalhost\n${pod.status.podIP ?? '127.0.0.1'}\t${name}\n`);
  files.set('/etc/os-release', OS_RELEASE);
  files.set(
    '/etc/resolv.conf',
    `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`,
  );
  files.set('/app/VERSION', `${container.image}\nstarted ${new Date(startMs).toISOString()}\n`);
  addVolumes(files, pod, container, read);
  return {
    hostname: name,
    workDir: text(container.workingDir, '/app'),
    env: environment(pod, container, read),
    files,
    command: commandOf(containerSpec(pod, text(container.targetContainerName)) ?? container),
    startMs,
  };
}

/** A container that looks into another one sees that one's process. */
const commandOf = (container: Container) =>
  [...(container.command ?? []), ...(container.args ?? [])].join(' ') || defaultCommand(container);

const defaultCommand = ({ image }: Container) =>
  `/app/${
    image
      .replace(/[@:][^/]*$/, '')
      .split('/')
      .at(-1) ?? 'main'
  }`;

function environment(pod: Pod, container: Container, read: ReadData): Map<string, string> {
  const env = new Map([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', pod.metadata.name],
    ['KUBERNETES_SERVICE_HOST', '10.96.0.1'],
    ['KUBERNETES_SERVICE_PORT', '443'],
    ['HOME', '/root'],
  ]);
  for (const from of objects(container.envFrom)) {
    const data = isObject(from.secretRef)
      ? read('secrets', text(from.secretRef.name))
      : read('configmaps', text(object(from.configMapRef).name));
    for (const [key, value] of data) env.set(`${text(from.prefix)}${key}`, value);
  }
  for (const variable of objects(container.env)) {
    const value = variableValue(pod, variable, read);
    if (value !== undefined) env.set(text(variable.name), value);
  }
  return env;
}

function variableValue(pod: Pod, variable: JsonObject, read: ReadData): string | undefined {
  const { secretKeyRef, configMapKeyRef, fieldRef } = object(variable.valueFrom);
  if (isObject(secretKeyRef)) return read('secrets', text(secretKeyRef.name)).get(text(secretKeyRef.key));
  if (isObject(configMapKeyRef))
    return read('configmaps', text(configMapKeyRef.name)).get(text(configMapKeyRef.key));
  if (isObject(fieldRef)) return fieldValue(pod, text(fieldRef.fieldPath));
  return text(variable.value);
}

function fieldValue(pod: Pod, path: string): string {
  let value: unknown = pod;
  for (const key of path.split('.')) value = own(object(value), key);
  return text(value);
}

function addVolumes(files: Map<string, string>, pod: Pod, container: Container, read: ReadData): void {
  for (const mount of objects(container.volumeMounts)) {
    const folder = text(mount.mountPath).replace(/\/+$/, '');
    const volume = objects(pod.spec.volumes).find(({ name }) => name === mount.name);
    if (!volume || !folder.startsWith('/')) continue;
    files.set(`${folder}/`, '');
    const data = isObject(volume.secret)
      ? read('secrets', text(volume.secret.secretName))
      : read('configmaps', text(object(volume.configMap).name));
    for (const [key, value] of data) files.set(`${folder}/${key}`, value);
  }
}

/** An absolute path without `.` and `..`. */
export function resolvePath(from: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${from}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Names in a folder, folders with a `/` behind; undefined when it is none. */
export function listFolder(files: Map<string, string>, path: string): string[] | undefined {
  const prefix = path === '/' ? '/' : `${path}/`;
  const found = new Set<string>();
  let isThere = path === '/';
  for (const file of files.keys()) {
    if (!file.startsWith(prefix)) continue;
    isThere = true;
    const [name = '', ...rest] = file.slice(prefix.length).split('/');
    if (name !== '') found.add(rest.length > 0 ? `${name}/` : name);
  }
  return isThere ? [...found].sort() : undefined;
}
