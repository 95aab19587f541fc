/**
 * What the cases of workload controllers share: reading what a controller made, and playing the kubelet. Pods that no
 * scheduler takes rest until the case writes their status, so nothing depends on how fast a kubelet is.
 */
import { expect } from 'vitest';
import { create, eventually, expectCode, image, type Scope } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

export const conditionOf = ({ status }: KubeObject, type: string): Condition | undefined =>
  ((status?.conditions ?? []) as Condition[]).find((each) => each.type === type);
export const isReady = (pod: KubeObject): boolean => conditionOf(pod, 'Ready')?.status === 'True';
export const isStaying = ({ metadata }: KubeObject): boolean => !metadata.deletionTimestamp;

/** A pod template whose pods wait for the case; `rest` goes into the spec. */
export const parkedTemplate = (app: string, rest: object = {}): object => ({
  metadata: { labels: { app } },
  spec: { schedulerName: 'nobody', containers: [{ name: 'main', image }], ...rest },
});

/** A workload of the apps group with parked pods. */
export const parked = (kind: string, name: string, spec: object, rest: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, labels: { app: name } },
  spec: { selector: { matchLabels: { app: name } }, template: parkedTemplate(name, rest), ...spec },
});

export const changedTemplate = (value: string): object => ({
  spec: { template: { metadata: { annotations: { 'strata-test/value': value } } } },
});

export type ControllerRevision = KubeObject & { revision: number };

export interface Workloads {
  list(path: string, app: string): Promise<KubeObject[]>;
  pods(app: string): Promise<KubeObject[]>;
  /** Waits until so many pods are there and stay. */
  podsOf(app: string, count: number): Promise<KubeObject[]>;
  make(resource: string, object: object): Promise<KubeObject>;
  /** The ControllerRevisions, lowest number first. */
  revisions(app: string): Promise<ControllerRevision[]>;
  play(pod: KubeObject, status: object): Promise<void>;
  playReady(pods: readonly KubeObject[]): Promise<void>;
  /** Reasons of the events about an object, each once, in no particular order. */
  reasons(uid: string): Promise<string[]>;
  messages(uid: string): Promise<string[]>;
  until(path: string, what: string, isSo: (object: KubeObject) => boolean): Promise<KubeObject>;
}

export function workloadsIn(scope: Scope): Workloads {
  const list = async (path: string, app: string) =>
    expectCode(await admin.get(path, { labelSelector: `app=${app}` }), 200).list.items;
  const pods = (app: string) => list(scope.core('pods'), app);
  const play = async (pod: KubeObject, status: object) => {
    const path = `${scope.core('pods', pod.metadata.name)}/status`;
    expectCode(await admin.patch(path, 'strategic', { status }), 200);
  };
  const events = async (uid: string) => {
    const query = { fieldSelector: `involvedObject.uid=${uid}` };
    const items = expectCode(await admin.get(scope.core('events'), query), 200).list.items;
    return items as (KubeObject & { reason: string; message: string })[];
  };
  return {
    list,
    pods,
    play,
    revisions: async (app) => {
      const found = (await list(scope.apps('controllerrevisions'), app)) as ControllerRevision[];
      return found.sort((a, b) => a.revision - b.revision);
    },
    podsOf: (app, count) =>
      eventually(`${count} pods of ${app}`, async () => {
        const found = (await pods(app)).filter(isStaying);
        return found.length === count ? found : undefined;
      }),
    make: (resource, object) => create(scope.apps(resource), object),
    playReady: async (ready) => {
      for (const pod of ready) await play(pod, readyStatus());
    },
    reasons: async (uid) => [...new Set((await events(uid)).map(({ reason }) => reason))],
    messages: async (uid) => (await events(uid)).map(({ message }) => message),
    until: (path, what, isSo) =>
      eventually(what, async () => {
        const { code, object } = await admin.get(path);
        return code === 200 && isSo(object) ? object : undefined;
      }),
  };
}

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

export const readyStatus = (status = 'True'): object => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status, lastTransitionTime: now() }],
});

/** A container that has ended, and with it its pod. */
export const endedStatus = (exitCode: number): object => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [
    {
      name: 'main',
      image,
      imageID: '',
      ready: false,
      restartCount: 0,
      state: {
        terminated: {
          exitCode,
          startedAt: now(),
          finishedAt: now(),
          reason: exitCode === 0 ? 'Completed' : 'Error',
        },
      },
    },
  ],
});

/** The controller has seen the last change. */
export const isSeen = ({ metadata, status }: KubeObject): boolean =>
  status?.observedGeneration === metadata.generation;

export const expectOwner = (object: KubeObject, kind: string, uid: string): void => {
  expect(object.metadata.ownerReferences).toMatchObject([
    { kind, uid, controller: true, blockOwnerDeletion: true },
  ]);
};
