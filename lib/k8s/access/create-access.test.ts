import { describe, expect, it } from 'vitest';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { apiFailure, PODS } from '#test/fixtures/fake-list-watch.ts';
import type { KubernetesAnswer, RequestOptions } from '../client/kubernetes-client.ts';
import { ApiException } from '../client/kubernetes-client.ts';
import { createAccess } from './create-access.ts';

type Attributes = Record<string, string>;

/** Answers reviews by a rule; may be told to fail, or to hold all answers back. */
function setUp(rule: (asked: Attributes) => unknown, namespace = '') {
  const clock = createFakeClock();
  const asked: Attributes[] = [];
  const waiting: (() => void)[] = [];
  const state = { isHolding: false, failure: null as ReturnType<typeof apiFailure> | null };
  async function request({ path, body }: RequestOptions): Promise<KubernetesAnswer> {
    if (state.isHolding) await new Promise<void>((resolve) => waiting.push(resolve));
    if (state.failure !== null) throw new ApiException(state.failure);
    const attributes = { path, ...JSON.parse(String(body)).spec?.resourceAttributes };
    asked.push(attributes);
    const status = rule(attributes);
    const rest = { contentType: 'application/json', dateMs: 0, warnings: [], json: () => ({ status }) };
    return { status: 201, body: new Uint8Array(), ...rest };
  }
  const cluster = { id: 'c', context: 'c', server: 's', user: 'u', namespace };
  return { clock, asked, waiting, state, access: createAccess({ client: { cluster, request }, clock }) };
}

const LIST = { verb: 'list', group: '', resource: 'pods', namespace: 'a' };

describe('review', () => {
  it('asks once, keeps an answer 30 s, and shares a question under way', async () => {
    const { access, asked, clock } = setUp(() => ({ allowed: true, reason: 'by role' }));
    const [first, second] = await Promise.all([access.review(LIST), access.review({ ...LIST })]);
    expect([first, second]).toEqual(Array(2).fill({ allowed: true, reason: 'by role' }));
    await clock.advance(29_999);
    await access.review(LIST);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    await access.review(LIST);
    await access.review({ ...LIST, subresource: 'log' });
    await access.review({ ...LIST, name: 'x' });
    expect(asked).toHaveLength(4);
  });

  it('takes only a plain yes for a yes', async () => {
    const odd = [undefined, 'yes', { allowed: 'true' }, { allowed: 1 }, { allowed: true, denied: true }, []];
    for (const status of odd) {
      const { access } = setUp(() => status);
      expect((await access.review(LIST)).allowed).toBe(false);
    }
  });

  it('denies on doubt, and does not keep the doubt', async () => {
    const { access, state } = setUp(() => ({ allowed: true }));
    state.failure = apiFailure(503, 'ServiceUnavailable');
    expect(await access.review(LIST)).toMatchObject({ allowed: false, error: { code: 503 } });
    state.failure = null;
    expect((await access.review(LIST)).allowed).toBe(true);
  });

  it('asks at most eight questions at a time, and no endless number', async () => {
    const { access, asked, waiting, state, clock } = setUp(() => ({ allowed: true }));
    state.isHolding = true;
    const all = Array.from({ length: 6000 }, (_, n) => access.review({ ...LIST, name: `n${n}` }));
    await clock.settle();
    expect(waiting).toHaveLength(8);
    state.isHolding = false;
    for (const go of waiting) go();
    const decisions = await Promise.all(all);
    expect(asked).toHaveLength(5008);
    expect(decisions.filter((decision) => decision.allowed)).toHaveLength(5008);
  });
});

describe('scopeOf', () => {
  it('is the cluster when both verbs are allowed everywhere', async () => {
    const { access, asked } = setUp(() => ({ allowed: true }));
    expect(await access.scopeOf(PODS, ['a'])).toEqual({ kind: 'cluster' });
    expect(asked.map((question) => [question.verb, question.namespace])).toEqual([
      ['list', ''],
      ['watch', ''],
    ]);
  });

  it('asks for watch only where the type has it', async () => {
    const { access, asked } = setUp(() => ({ allowed: true }));
    await access.scopeOf({ ...PODS, verbs: ['list'] }, []);
    expect(asked.map((question) => question.verb)).toEqual(['list']);
  });

  it('names readable namespaces and the rights that are missing elsewhere', async () => {
    const { access } = setUp(({ verb, namespace }) => ({
      allowed: namespace === 'a' || (namespace === 'b' && verb === 'list'),
    }));
    const missing = { verb: 'watch', group: '', resource: 'pods', namespace: 'b' };
    expect(await access.scopeOf(PODS, ['a', 'b', 'a'])).toEqual({
      kind: 'namespaces',
      readable: ['a'],
      missing: [missing],
    });
  });

  it('falls back to the context’s namespace, or default', async () => {
    const own = setUp(({ namespace }) => ({ allowed: namespace === 'mine' }), 'mine');
    expect(await own.access.scopeOf(PODS, [])).toMatchObject({
      readable: ['mine'],
      missing: [
        { verb: 'list', resource: 'pods', namespace: '' },
        { verb: 'watch', resource: 'pods', namespace: '' },
      ],
    });
    const none = setUp(({ namespace }) => ({ allowed: namespace === 'default' }));
    expect(await none.access.scopeOf(PODS, [])).toMatchObject({ readable: ['default'] });
  });

  it('has nothing to read of a cluster-scoped type that is denied', async () => {
    const { access } = setUp(() => ({ allowed: false }));
    expect(await access.scopeOf({ ...PODS, resource: 'nodes', scope: 'Cluster' }, ['a'])).toMatchObject({
      kind: 'namespaces',
      readable: [],
      missing: [{ verb: 'list', namespace: '' }, { verb: 'watch' }],
    });
  });

  it('fails rather than calling no answer a missing right', async () => {
    const { access, state } = setUp(() => ({ allowed: true }));
    state.failure = apiFailure(0, 'Unreachable');
    await expect(access.scopeOf(PODS, [])).rejects.toMatchObject({ error: { reason: 'Unreachable' } });
  });
});

describe('user', () => {
  it('is who the API server says, else null', async () => {
    const known = setUp(() => ({ userInfo: { username: 'jane', groups: ['a', 7] } }));
    expect(await known.access.user()).toEqual({ name: 'jane', groups: ['a'] });
    expect(known.asked[0]?.path).toBe('/apis/authentication.k8s.io/v1/selfsubjectreviews');
    const odd = setUp(() => 'nothing');
    expect(await odd.access.user()).toBeNull();
    const old = setUp(() => ({}));
    old.state.failure = apiFailure(404, 'NotFound');
    expect(await old.access.user()).toBeNull();
    old.state.failure = apiFailure(401, 'Unauthorized');
    await expect(old.access.user()).rejects.toBeInstanceOf(ApiException);
  });
});
