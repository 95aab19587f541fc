import type { Session } from '../session/sessions.ts';

/** A request the edge let through, as its handler may know it. */
export interface Grant {
  readonly method: string;
  /** As the client sent them: parsed from here once, never from what a framework made of it. */
  readonly path: string;
  readonly query: string;
  readonly session: Session;
  readonly requestId: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** The one internal header: names a grant, once. */
export const GRANT_HEADER = 'x-strata-request';

export interface Grants {
  issue(grant: Grant): string;
  /** A grant is good for one look-up; null for anything unknown. */
  claim(id: string): Grant | null;
  revoke(id: string): void;
}

/** newId: unguessable text. There are as many grants as requests under way: each is revoked when its answer ends. */
export function createGrants(newId: () => string): Grants {
  const grants = new Map<string, Grant>();
  return {
    issue(grant) {
      const id = newId();
      grants.set(id, grant);
      return id;
    },
    claim(id) {
      const grant = grants.get(id) ?? null;
      grants.delete(id);
      return grant;
    },
    revoke: (id) => void grants.delete(id),
  };
}
