import { describe, expect, it } from 'vitest';
import type { ConnectionState } from '#lib/resources/connection.ts';
import { mergeStates, withNamespaces } from './merge-connection.ts';

const error = { reason: 'Unreachable', code: 0, message: 'no answer', causes: [] };
const right = (namespace: string) => ({ verb: 'list', group: '', resource: 'pods', namespace });
const live = (confirmedMs: number): ConnectionState => ({ state: 'live', confirmedMs });
const stale = (sinceMs: number): ConnectionState => ({ state: 'stale', sinceMs, retryMs: 50, error });
const failed: ConnectionState = { state: 'failed', error, retryMs: 40 };
const connecting = (read: number, total: number): ConnectionState => ({ state: 'connecting', read, total });
const denied = (namespace: string): ConnectionState => ({ state: 'forbidden', missing: [right(namespace)] });
const gone: ConnectionState = { state: 'gone', atMs: 3 };

describe('the connection of several namespaces', () => {
  it.each<[string, ConnectionState[], ConnectionState]>([
    ['the oldest confirmation', [live(9), live(5)], live(5)],
    ['the oldest loss', [stale(7), stale(4), live(9)], stale(4)],
    [
      'a failure beside rows is staleness',
      [live(9), failed],
      { state: 'stale', sinceMs: 9, retryMs: 40, error },
    ],
    ['a failure alone', [failed, connecting(1, 0)], failed],
    ['reading, summed', [connecting(1, 5), connecting(2, 6), live(9)], connecting(3, 11)],
    ['reading, total not known', [connecting(1, 5), connecting(2, 0)], connecting(3, 0)],
    ['what may be read decides', [denied('a'), live(9)], live(9)],
    [
      'forbidden only when nothing may be read',
      [denied('a'), denied('b')],
      { state: 'forbidden', missing: [right('a'), right('b')] },
    ],
    ['gone', [gone, gone], gone],
  ])('%s', (_, states, expected) => {
    expect(mergeStates(states)).toEqual(expected);
  });

  it('names the namespaces that cannot be read, from reviews and from refusals', () => {
    expect(withNamespaces([live(9), denied('b')], [right('c')], 3)).toEqual({
      ...live(9),
      namespaces: { readable: 1, total: 3, missing: [right('c'), right('b')] },
    });
    expect(withNamespaces([], [right('c')], 0)).toMatchObject({
      state: 'forbidden',
      missing: [right('c')],
      namespaces: { readable: 0, total: 0 },
    });
  });
});
