/** Objects the cases make, and the namespaces they make them in. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { waitFor } from '#test/controlplane/wait-for.ts';
import type { Answer } from './client.ts';
import type { KubeObject, Status } from './kube-types.ts';
import { admin } from './target.ts';

/** Runs on every conformant cluster; nothing needs to listen in it. */
export const image = 'registry.k8s.io/pause:3.10';

export function randomSuffix(): string {
  return randomBytes(4).toString('hex');
}

export interface Scope {
  readonly namespace: string;
  /** Paths of a collection in this namespace. */
  core(resource: string, name?: string): string;
  apps(resource: string, name?: string): string;
}

/** A namespace for the calling file, ready for pods, removed when the file is done. */
export function ownNamespace(topic: string): Scope {
  const namespace = `strata-conformance-${topic}-${randomSuffix()}`;
  beforeAll(() => createNamespace(namespace));
  afterAll(() => admin.delete(`/api/v1/namespaces/${namespace}`));
  const inNamespace = (prefix: string) => (resource: string, name?: string) =>
    `${prefix}/namespaces/${namespace}/${resource}${name ? `/${name}` : ''}`;
  return { namespace, core: inNamespace('/api/v1'), apps: inNamespace('/apis/apps/v1') };
}

export async function createNamespace(name: string): Promise<void> {
  const metadata = { name, labels: { 'strata-test/conformance': 'true' } };
  expectCode(await admin.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata }), 201);
  // Pods need it. A cluster that never makes it fails the cases with pods, and the one about this; not all.
  const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  const made = async (): Promise<true | undefined> =>
    (await admin.get(account)).code === 200 ? true : undefined;
  await waitFor({ what: `service account of ${name}`, timeoutMs: 3000 }, made).catch(() => undefined);
}

/** Asks until there is an answer; 10 s at most, unless the case knows better. */
export function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  timeoutMs = 10_000,
): Promise<T> {
  return waitFor({ what, timeoutMs }, ask);
}

export function expectCode(answer: Answer, code: number): Answer {
  expect(answer.code, answer.text.slice(0, 2000)).toBe(code);
  return answer;
}

export interface ExpectedStatus {
  code: number;
  reason: string | undefined;
  message?: string | RegExp;
  details?: Status['details'];
}

/** A whole Status of failure: shape, code on the wire and in the body, reason and message. */
export function expectFailure(answer: Answer, expected: ExpectedStatus): Status {
  expectCode(answer, expected.code);
  expect(answer.headers['content-type']).toBe('application/json');
  const { status } = answer;
  expect(status).toMatchObject({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code: expected.code,
  });
  expect(status.reason).toBe(expected.reason);
  if (typeof expected.message === 'string') expect(status.message).toBe(expected.message);
  else if (expected.message) expect(status.message).toMatch(expected.message);
  if (expected.details) expect(status.details).toEqual(expected.details);
  return status;
}

export function configMap(name: string, rest: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...rest };
}

export function labelled(name: string, labels: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } };
}

/** Never scheduled, so no kubelet touches it. */
export function parkedPod(name: string, spec: object = {}): object {
  const containers = [{ name: 'main', image }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { schedulerName: 'nobody', containers, ...spec },
  };
}

export function deployment(name: string, replicas: number, spec: object = {}): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: { replicas, selector: { matchLabels: labels }, template, ...spec },
  };
}

export async function create(path: string, object: object): Promise<KubeObject> {
  return expectCode(await admin.post(path, object), 201).object;
}

/** Nodes with a kubelet: not those that other cases make for a while. */
export async function clusterNodes(): Promise<KubeObject[]> {
  const { list } = expectCode(await admin.get('/api/v1/nodes'), 200);
  return list.items.filter(({ status }) => (status?.nodeInfo as { kubeletVersion?: string })?.kubeletVersion);
}

export async function read(path: string): Promise<KubeObject> {
  return expectCode(await admin.get(path), 200).object;
}

export function names(items: readonly { metadata: { name: string } }[]): string[] {
  return items.map(({ metadata }) => metadata.name);
}
