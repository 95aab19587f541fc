/** What every admission check is asked about. */

import type { Clock } from '../../base/clock.ts';
import type { KubeObject } from '../../base/types.ts';
import type { Store } from '../../storage/store.ts';
import type { KindRegistry, ResourceType } from '../meta/kinds.ts';
import { type ApiError, forbidden } from '../meta/status.ts';

export interface AdmissionMachinery {
  store: Store;
  kinds: KindRegistry;
  clock: Clock;
}

export interface AdmissionRequest {
  machinery: AdmissionMachinery;
  type: ResourceType;
  /** As it would be stored. */
  value: KubeObject;
  /** The stored state, when this is an update. */
  before?: KubeObject;
  /** Texts for Warning headers are appended. */
  context: { warnings: string[] };
}

/** A refusal, under the name the object has so far: before a generated name is drawn, that is its stem. */
export const refuse = ({ type, value }: Pick<AdmissionRequest, 'type' | 'value'>, why: string): ApiError =>
  forbidden(type, value.metadata.name || value.metadata.generateName || 'Unknown!', why);
