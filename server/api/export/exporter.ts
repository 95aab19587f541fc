import type { Clock } from '#lib/k8s/client/clock.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { Refusal } from '../../edge/refusal.ts';
import type { Cluster } from '../../hub/cluster.ts';
import { FollowedKind } from '../../hub/followed-kind.ts';
import { type RelationTypes, relationTypes } from '../../hub/relation-types.ts';
import { openRowsSource, type RowsSource } from '../../hub/rows-source.ts';
import type { StoreReaders } from '../../hub/tables/store-readers.ts';
import type { ExportQuestion } from './export-question.ts';
import { streamRows } from './row-stream.ts';

/**
 * A list's question answered whole, as a file. It reads the same stores, under the same rights, in the same order as the
 * list it is asked from; an answer that is not complete is none.
 *
 *   wait until the kind is read ──► live or stale ──► rows, as fast as they are taken ──► end
 *                     └► forbidden, failed, not served, too slow: refused
 */
export interface Exporter {
  /** Throws ApiException when the question cannot be understood. */
  open(cluster: Cluster, question: ExportQuestion, signal: AbortSignal): Promise<Response | Refusal>;
}

export interface ExporterParts {
  readonly clock: Clock;
  readonly readers: StoreReaders;
}

const MOST_AT_ONCE = 8;
const READ_MS = 60_000;

export function createExporter({ clock, readers }: ExporterParts): Exporter {
  let running = 0;
  return {
    async open(cluster, question, signal) {
      if (running >= MOST_AT_ONCE)
        return {
          status: 429,
          reason: 'TooManyRequests',
          message: 'Too many exports run at once. Try again.',
        };
      running += 1;
      const kind = follow(cluster, question, readers);
      let isOpen = true;
      const close = () => {
        if (!isOpen) return;
        isOpen = false;
        running -= 1;
        kind.close();
      };
      try {
        const connection = await kind.settled(clock, signal);
        const source = kind.source();
        if (source === null || !isReadable(connection)) {
          close();
          return refusalOf(connection);
        }
        return streamRows(source, question, { clock, signal, close });
      } catch (cause) {
        close();
        throw cause;
      }
    },
  };
}

/** Throws ApiException when the question cannot be understood; nothing is held then. */
function follow(cluster: Cluster, { spec }: ExportQuestion, readers: StoreReaders) {
  cluster.discovery.start();
  const waiters = new Set<() => void>();
  let failure: unknown = null;
  const changed = () => {
    for (const wake of [...waiters]) wake();
  };
  const failed = (cause: unknown) => {
    failure = cause;
    changed();
  };
  const kind: string = spec.kinds[0] ?? '';
  const followed = new FollowedKind<RowsSource, RelationTypes>({
    ...{ discovery: cluster.discovery, kind, changed, failed },
    beside: (snapshot) => relationTypes(snapshot, kind, spec.related),
    open: (type, relation) => openRowsSource(cluster, { readers, changed, failed }, type, relation, spec),
  });
  return {
    source: () => followed.source,
    close: () => followed.close(),
    /** How it stands once it stands; 'connecting' when that takes too long or nobody waits any more. */
    settled(clock: Clock, signal: AbortSignal): Promise<Connection> {
      return new Promise((resolve, reject) => {
        const look = () => {
          const connection = followed.connection();
          if (failure !== null) end(() => reject(failure));
          else if (connection.state !== 'connecting') end(() => resolve(connection));
        };
        const giveUp = () => end(() => resolve(followed.connection()));
        const end = (settle: () => void) => {
          waiters.delete(look);
          cancel();
          signal.removeEventListener('abort', giveUp);
          settle();
        };
        const cancel = clock.after(READ_MS, giveUp);
        signal.addEventListener('abort', giveUp);
        waiters.add(look);
        look();
      });
    },
  };
}

const isReadable = ({ state }: Connection): boolean => state === 'live' || state === 'stale';

function refusalOf(connection: Connection): Refusal {
  if (connection.state === 'failed') throw new ApiException(connection.error);
  if (connection.state === 'forbidden')
    return { status: 403, reason: 'Forbidden', message: 'You may not list this kind.' };
  if (connection.state === 'gone')
    return { status: 404, reason: 'NotFound', message: 'The cluster does not serve this kind.' };
  return {
    status: 504,
    reason: 'Timeout',
    message: 'The list is still being read. Try again when it is live.',
  };
}
