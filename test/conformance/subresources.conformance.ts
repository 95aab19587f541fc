import { beforeAll, expect } from 'vitest';
import { type Opened, openChannels, type Session, v4, v5 } from './channel.ts';
import type { Client } from './client.ts';
import { topic } from './conform.ts';
import {
  create,
  eventually,
  expectCode,
  expectFailure,
  image,
  ownNamespace,
  parkedPod,
  read,
} from './fixtures.ts';
import { admin, target } from './target.ts';

const conform = topic('subresources');
const scope = ownNamespace('subresources');
const pods = scope.core('pods');
const [one, two, parked] = [`${pods}/one`, `${pods}/two`, `${pods}/parked`];

const pod = (name: string, names: string[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: names.map((each) => ({ name: each, image })) },
});

beforeAll(async () => {
  await create(pods, pod('one', ['main']));
  await create(pods, pod('two', ['a', 'b']));
  await create(pods, parkedPod('parked'));
  for (const path of [one, two])
    await eventually(
      `${path} running`,
      async () => ((await read(path)).status as { phase?: string }).phase === 'Running' || undefined,
      30_000,
    );
}, 60_000);

const command = (...words: string[]) => words.map((word) => `command=${encodeURIComponent(word)}`).join('&');

const open = (path: string, protocol: string): Promise<Opened> =>
  openChannels(target.kubeconfig, path, protocol, target.context);

async function granted(path: string, protocol = v5): Promise<Session> {
  const { session, refused } = await open(path, protocol);
  expect(refused).toBeUndefined();
  expect(session?.protocol).toBe(protocol);
  return session as Session;
}

conform('discovery names log, exec and attach with their verbs', async () => {
  const { resources } = (await admin.get('/api/v1')).json as { resources: { name: string }[] };
  const found = resources.filter(({ name }) => /^pods\/(log|exec|attach)$/.test(name));
  expect(found).toEqual([
    {
      name: 'pods/attach',
      singularName: '',
      namespaced: true,
      kind: 'PodAttachOptions',
      verbs: ['create', 'get'],
    },
    {
      name: 'pods/exec',
      singularName: '',
      namespaced: true,
      kind: 'PodExecOptions',
      verbs: ['create', 'get'],
    },
    { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] },
  ]);
});

const enoughLines = () =>
  eventually('lines in the log', async () => {
    const { text } = await admin.get(`${one}/log`);
    return text.split('\n').length > 3 || undefined;
  });

conform('a log is plain text, tailLines cuts it from its end', async () => {
  await enoughLines();
  const answer = expectCode(await admin.get(`${one}/log`, { tailLines: 2 }), 200);
  expect(answer.headers['content-type']).toBe('text/plain');
  expect(answer.text.split('\n')).toHaveLength(3);
  expect(answer.text.endsWith('\n')).toBe(true);
  expect(expectCode(await admin.get(`${one}/log`, { tailLines: 0 }), 200).text).toBe('');
});

conform('a log with timestamps has one before each line, in order', async () => {
  await enoughLines();
  const { text } = expectCode(await admin.get(`${one}/log`, { timestamps: true, tailLines: 5 }), 200);
  const times = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  expect(times).toEqual(times.toSorted());
});

conform('limitBytes cuts a log in the middle of a line', async () => {
  await enoughLines();
  expect(expectCode(await admin.get(`${one}/log`, { limitBytes: 10 }), 200).text).toHaveLength(10);
});

conform('a log since a time to come is empty', async () => {
  const sinceTime = new Date(Date.now() + 3_600_000).toISOString();
  expect(expectCode(await admin.get(`${one}/log`, { sinceTime }), 200).text).toBe('');
});

conform('the log of a pod without a node is 204', async () => {
  expect(expectCode(await admin.get(`${parked}/log`), 204).text).toBe('');
});

conform(
  'the previous log of a container that never restarted: 400',
  async () => {
    expectFailure(await admin.get(`${one}/log`, { previous: true }), {
      code: 400,
      reason: 'BadRequest',
      message: 'previous terminated container "main" in pod "one" not found',
    });
  },
  { needs: 'kubelet' },
);

const badOptions: [string, string, string][] = [
  ['tailLines=-1', 'tailLines', 'Invalid value: -1: must be greater than or equal to 0'],
  ['sinceSeconds=0', 'sinceSeconds', 'Invalid value: 0: must be greater than 0'],
  ['limitBytes=0', 'limitBytes', 'Invalid value: 0: must be greater than 0'],
  ['stream=Stdout', 'stream', 'Forbidden: may not be specified'],
  [
    'sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
    '[]',
    'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
  ],
];

for (const [query, field, words] of badOptions) {
  conform(`a log with ${query}: 422, whether the pod is there or not`, async () => {
    for (const name of ['one', 'none'])
      expectFailure(await admin.get(`${pods}/${name}/log?${query}`), {
        code: 422,
        reason: 'Invalid',
        message: `PodLogOptions "${name}" is invalid: ${field}: ${words}`,
      });
  });
}

const unreadable: [string, string][] = [
  ['tailLines=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
  ['sinceTime=bad', 'parsing time "bad" as "2006-01-02T15:04:05Z07:00": cannot parse "bad" as "2006"'],
];

for (const [query, message] of unreadable) {
  conform(`a log with ${query}: 400`, async () => {
    expectFailure(await admin.get(`${one}/log?${query}`), { code: 400, reason: 'BadRequest', message });
  });
}

conform('a log is only read: 405', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expectFailure(await admin.send(method, `${one}/log`), { code: 405, reason: 'MethodNotAllowed' });
});

const wrongTargets: [string, string, number, string][] = [
  ['two', '', 400, 'a container name must be specified for pod two, choose one of: [a b]'],
  ['two', 'container=zz', 400, 'container zz is not valid for pod two'],
  ['none', '', 404, 'pods "none" not found'],
];

for (const [name, query, code, message] of wrongTargets) {
  conform(`log, exec and attach of ${name}${query && ` with ${query}`}: ${code}`, async () => {
    const reason = code === 404 ? 'NotFound' : 'BadRequest';
    expectFailure(await admin.get(`${pods}/${name}/log?${query}`), { code, reason, message });
    for (const sub of ['exec', 'attach']) {
      const { refused } = await open(`${pods}/${name}/${sub}?stdout=true&${command('true')}&${query}`, v5);
      expect(refused).toMatchObject({ code, status: { kind: 'Status', code, reason, message } });
    }
  });
}

conform('exec and attach of a pod without a node: 400', async () => {
  for (const sub of ['exec', 'attach']) {
    const { refused } = await open(`${parked}/${sub}?stdout=true&${command('true')}`, v5);
    const message = 'pod parked does not have a host assigned';
    expect(refused).toMatchObject({ code: 400, status: { reason: 'BadRequest', message } });
  }
});

conform('exec and attach without an upgrade: 400, with other verbs 405', async () => {
  for (const sub of ['exec', 'attach']) {
    const path = `${one}/${sub}?stdout=true&${command('true')}`;
    for (const method of ['GET', 'POST'])
      expectFailure(await admin.send(method, path), {
        code: 400,
        reason: 'BadRequest',
        message: 'Upgrade request required',
      });
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expectFailure(await admin.send(method, path), { code: 405, reason: 'MethodNotAllowed' });
  }
});

for (const protocol of [v5, v4]) {
  conform(`exec over ${protocol}: output, errors and success on their channels`, async () => {
    const script = command('sh', '-c', 'echo out; echo bad >&2');
    const session = await granted(`${one}/exec?stdout=true&stderr=true&${script}`, protocol);
    expect(await session.ended).toMatchObject({ status: 'Success' });
    expect(session.text(1)).toBe('out\n');
    expect(session.text(2)).toBe('bad\n');
  });

  conform(
    `exec over ${protocol}: an exit code is a cause of the Status`,
    async () => {
      const session = await granted(`${one}/exec?stdout=true&${command('sh', '-c', 'exit 3')}`, protocol);
      expect(await session.ended).toMatchObject({
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      });
    },
    { needs: 'kubelet' },
  );

  conform(`exec over ${protocol}: input reaches the program`, async () => {
    const session = await granted(`${one}/exec?stdin=true&stdout=true&${command('cat')}`, protocol);
    session.send(0, 'hello\n');
    await eventually('the echo', async () => session.text(1) === 'hello\n' || undefined);
    session.close();
    await session.ended;
  });
}

conform(
  'exec over v5: the end of the input ends the program',
  async () => {
    const session = await granted(`${one}/exec?stdin=true&stdout=true&${command('cat')}`);
    session.send(0, 'hello');
    session.send(255, '\u0000');
    expect(await session.ended).toMatchObject({ status: 'Success' });
    expect(session.text(1)).toBe('hello');
  },
  { needs: 'kubelet' },
);

conform('exec over v5 with no stream asked for: a Status says so', async () => {
  const session = await granted(`${one}/exec?${command('true')}`);
  const why = 'unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr';
  expect(await session.ended).toEqual({
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${why}`,
    reason: 'InternalError',
    details: { causes: [{ message: why }] },
    code: 500,
  });
});

conform(
  'attach brings what the container writes',
  async () => {
    const session = await granted(`${one}/attach?stdout=true&stderr=true`);
    await eventually('output', async () => session.text(1) + session.text(2) !== '' || undefined);
    session.close();
    await session.ended;
  },
  { needs: 'kubelet' },
);

conform('attach to a running container is granted', async () => {
  for (const protocol of [v5, v4]) {
    const session = await granted(`${one}/attach?stdout=true&stderr=true`, protocol);
    session.close();
    await session.ended;
  }
});

conform(
  'a followed log brings what is written later, and ends at limitBytes',
  async () => {
    const query = { follow: true, tailLines: 0, limitBytes: 5 };
    expect(expectCode(await admin.get(`${one}/log`, query), 200).text).toHaveLength(5);
  },
  { needs: 'kubelet' },
);

conform(
  'to exec over a WebSocket takes the right to create, not only to get',
  async () => {
    const limited = target.limited as Client;
    const kubeconfig = process.env.CONFORMANCE_LIMITED ?? '';
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const made = await limited.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', review);
    const { userInfo } = made.object.status as { userInfo: { username: string } };
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${scope.namespace}`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const rules = [{ apiGroups: [''], resources: ['pods/exec', 'pods/attach'], verbs: ['get'] }];
    await create(`${rbac}/roles`, { apiVersion, kind: 'Role', metadata: { name: 'getter' }, rules });
    await create(`${rbac}/rolebindings`, {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: 'getter' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'getter' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: userInfo.username }],
    });
    for (const sub of ['exec', 'attach']) {
      const path = `${one}/${sub}?stdout=true&${command('true')}`;
      const isDue = async () => {
        const { refused } = await openChannels(kubeconfig, path, v5);
        return refused?.status.message === 'pods "one" is forbidden: ' || undefined;
      };
      await eventually('the role to count', isDue);
      const refusal = await limited.send('POST', path);
      expect(refusal.status.message).toBe(
        `pods "one" is forbidden: User "${userInfo.username}" cannot create resource "pods/${sub}" in API group "" in the namespace "${scope.namespace}"`,
      );
    }
  },
  { needs: 'limited' },
);
