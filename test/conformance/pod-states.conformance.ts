/** What kubectl's READY, STATUS and RESTARTS say of a pod whose status a kubelet could have written. */
import { expect } from 'vitest';
import { tableAccept } from './client.ts';
import { topic } from './conform.ts';
import { create, expectCode, image, ownNamespace, parkedPod } from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('pod states');
const scope = ownNamespace('pod-states');
const pods = scope.core('pods');

const TIME = '2026-01-01T00:00:00Z';
const running = { running: { startedAt: TIME } };
const waiting = (reason: string) => ({ waiting: { reason } });
const ended = (exitCode: number, reason: string) => ({
  terminated: { exitCode, reason, startedAt: TIME, finishedAt: TIME },
});

interface Given {
  state: object;
  ready?: boolean;
  started?: boolean;
  restartCount?: number;
}

const statusOf = (name: string, given: Given) => ({
  name,
  image,
  imageID: '',
  lastState: {},
  ready: false,
  restartCount: 0,
  ...given,
});

interface Case {
  what: string;
  /** `s` names a sidecar. */
  init?: Record<string, Given>;
  main: Record<string, Given>;
  status?: object;
  shown: [ready: string, status: string, restarts: string];
}

const initialised = { conditions: [{ type: 'Initialized', status: 'True' }] };
const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const done: Given = { state: ended(0, 'Completed'), ready: true };
const up: Given = { state: running, ready: true, started: true };
const initialising: Record<string, Given> = { m: { state: waiting('PodInitializing') } };

const CASES: Case[] = [
  {
    what: 'the first of two init containers runs',
    init: { a: { state: running }, b: { state: waiting('PodInitializing') } },
    main: initialising,
    shown: ['0/1', 'Init:0/2', '0'],
  },
  {
    what: 'the second does',
    init: { a: done, b: { state: running } },
    main: initialising,
    shown: ['0/1', 'Init:1/2', '0'],
  },
  {
    what: 'an init container has failed',
    init: { a: { state: ended(1, 'Error'), restartCount: 2 } },
    main: initialising,
    shown: ['0/1', 'Init:Error', '2'],
  },
  {
    what: 'an init container is backed off',
    init: { a: { state: waiting('CrashLoopBackOff'), restartCount: 3 } },
    main: initialising,
    shown: ['0/1', 'Init:CrashLoopBackOff', '3'],
  },
  {
    what: 'an init container ended without a reason',
    init: { a: { state: ended(3, '') } },
    main: initialising,
    shown: ['0/1', 'Init:ExitCode:3', '0'],
  },
  {
    what: 'a sidecar is ready, the main container is not',
    init: { s: up },
    main: { m: { state: waiting('PodInitializing') } },
    shown: ['1/2', 'PodInitializing', '0'],
  },
  {
    what: 'restarts of init containers count only until the pod is initialised, those of sidecars go on',
    init: { a: { ...done, restartCount: 4 }, s: { ...up, restartCount: 2 } },
    main: { m: { ...up, restartCount: 1 } },
    status: { phase: 'Running', ...initialised },
    shown: ['2/2', 'Running', '3'],
  },
  {
    what: 'a sidecar starts again in a pod that was initialised',
    init: { s: { state: waiting('CrashLoopBackOff'), restartCount: 5 } },
    main: { m: up },
    status: { phase: 'Running', ...initialised },
    shown: ['1/2', 'Init:CrashLoopBackOff', '5'],
  },
  {
    what: 'one of two has completed, the pod is ready',
    main: { m: up, n: { state: ended(0, 'Completed') } },
    status: { phase: 'Running', ...ready },
    shown: ['1/2', 'Running', '0'],
  },
  {
    what: 'one of two has completed, the pod is not ready',
    main: { m: up, n: { state: ended(0, 'Completed') } },
    status: { phase: 'Running' },
    shown: ['1/2', 'NotReady', '0'],
  },
  {
    what: 'the first has completed and the second has failed',
    main: { m: { state: ended(0, 'Completed') }, n: { state: ended(1, 'Error') } },
    status: { phase: 'Failed' },
    shown: ['0/2', 'Error', '0'],
  },
  {
    what: 'the image cannot be pulled',
    main: { m: { state: waiting('ImagePullBackOff') } },
    shown: ['0/1', 'ImagePullBackOff', '0'],
  },
  {
    what: 'it was evicted',
    main: { m: { state: ended(137, 'Error') } },
    status: { phase: 'Failed', reason: 'Evicted' },
    shown: ['0/1', 'Error', '0'],
  },
  {
    what: 'it was refused before any container was made',
    main: {},
    status: { phase: 'Failed', reason: 'Evicted' },
    shown: ['0/1', 'Evicted', '0'],
  },
];

for (const [index, { what, init, main, status, shown }] of CASES.entries()) {
  conform(what, async () => {
    const name = `case-${index}`;
    const container = (each: string) => ({
      name: each,
      image,
      ...(each === 's' ? { restartPolicy: 'Always' } : {}),
    });
    const names = Object.keys(main).length > 0 ? Object.keys(main) : ['m'];
    const spec = {
      containers: names.map(container),
      ...(init ? { initContainers: Object.keys(init).map(container) } : {}),
    };
    await create(pods, parkedPod(name, spec));
    const list = (given: Record<string, Given>) =>
      Object.entries(given).map(([each, value]) => statusOf(each, value));
    const body = {
      status: {
        phase: 'Pending',
        ...status,
        containerStatuses: list(main),
        ...(init ? { initContainerStatuses: list(init) } : {}),
      },
    };
    expectCode(await admin.patch(`${pods}/${name}/status`, 'merge', body), 200);
    const { table } = expectCode(await admin.get(`${pods}/${name}`, {}, tableAccept), 200);
    expect(table.rows[0]?.cells.slice(1, 4)).toEqual([shown[0], shown[1], shown[2]]);
  });
}
