/** What every part behind the HTTP surface works with, and who is writing. */
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Store } from '../../storage/store.ts';
import type { UserInfo } from '../auth/rbac.ts';
import type { KindRegistry } from '../meta/kinds.ts';
import type { Schemas } from '../schema/schemas.ts';

export interface Machinery {
  store: Store;
  kinds: KindRegistry;
  schemas: Schemas;
  clock: Clock;
  random: Random;
  /** PEM of the authority that signed the serving certificate: what kube-root-ca.crt hands out. */
  caCertificate: string;
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteContext {
  user: UserInfo;
  /** Goes into managedFields. */
  manager: string;
  isDryRun: boolean;
  fieldValidation: FieldValidation;
  /** '' for the object itself, or `status`, `scale`… */
  subresource: string;
  /** Texts for Warning headers; the writer appends. */
  warnings: string[];
}

/** RFC 3339 in seconds, as metav1.Time is written. */
export const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** A writer inside the cluster: a controller, the scheduler, a kubelet. */
export const systemContext = (manager: string, subresource = ''): WriteContext => ({
  user: { username: `system:${manager}`, groups: ['system:masters'] },
  manager,
  isDryRun: false,
  fieldValidation: 'Ignore',
  subresource,
  warnings: [],
});
