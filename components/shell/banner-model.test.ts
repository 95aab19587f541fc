import { describe, expect, it } from 'vitest';
import type { Freshness } from '#lib/live/freshness.ts';
import type { LiveCluster, SocketState } from '#lib/live/live-client.ts';
import type { Connection } from '#lib/resources/connection.ts';
import { bannerOf } from './banner-model.ts';

const NOW = 100_000;
const open: SocketState = { state: 'open', clusters: [] };
const fresh: Freshness = { tone: 'fresh', words: 'Live · 0 s', sinceMs: NOW };
const error = { reason: 'Unauthorized', code: 401, message: 'Unauthorized', causes: [] };

const cluster = (connection: Connection): LiveCluster => ({
  connection,
  nowMs: NOW,
  receivedMs: NOW,
  types: [],
  missingGroups: [],
  version: null,
  user: null,
  namespaces: undefined,
  refused: null,
});

describe('bannerOf', () => {
  it('is silent while the API server answers', () => {
    expect(bannerOf(open, cluster({ state: 'live', confirmedMs: NOW }), fresh, NOW)).toBeNull();
  });

  it('says why an API server that is heard refuses what it answered before', () => {
    const refused = cluster({ state: 'stale', sinceMs: NOW - 7_000, retryMs: NOW + 3_000, error });
    expect(bannerOf(open, refused, fresh, NOW)).toMatchObject({
      level: 'stale',
      lead: expect.stringMatching(/^Not confirmed for 7.s\.$/),
      words: expect.stringContaining('does not accept the credentials'),
      next: expect.stringMatching(/^Trying again in 3.s\.$/),
    });
  });

  it('calls a lost API server lost, whatever was refused', () => {
    const stale: Freshness = { tone: 'stale', words: '', sinceMs: NOW - 9_000 };
    const refused = cluster({ state: 'stale', sinceMs: NOW - 7_000, retryMs: 0, error });
    expect(bannerOf(open, refused, stale, NOW)?.words).toBe('The API server does not answer.');
  });
});
