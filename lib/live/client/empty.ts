import type { Fresh, LiveCluster, LiveObject, LiveTable } from '../live-client.ts';

/** What a view shows before its first frame. */
const UNHEARD: Fresh = {
  connection: { state: 'connecting', read: 0, total: 0 },
  nowMs: 0,
  receivedMs: 0,
};

export const EMPTY_TABLE: LiveTable = {
  ...UNHEARD,
  columns: null,
  sort: null,
  offset: 0,
  rows: [],
  counts: null,
  refused: null,
};

export const EMPTY_OBJECT: LiveObject = { ...UNHEARD, object: null, refused: null };

export const EMPTY_CLUSTER: LiveCluster = {
  ...UNHEARD,
  types: null,
  missingGroups: [],
  version: null,
  user: null,
  namespaces: undefined,
  refused: null,
};
