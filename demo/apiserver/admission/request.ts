/** What every admission check is asked about. */
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { type ApiError, forbidden } from '../meta/status.ts';
import type { Machinery, WriteContext } from '../rest/context.ts';

export interface AdmissionRequest {
  machinery: Machinery;
  type: ResourceType;
  /** As it would be stored. */
  value: KubeObject;
  /** The stored state, when this is an update. */
  before?: KubeObject;
  context: WriteContext;
}

/** A refusal, under the name the object has so far: before a generated name is drawn, that is its stem. */
export const refuse = ({ type, value }: Pick<AdmissionRequest, 'type' | 'value'>, why: string): ApiError =>
  forbidden(type, value.metadata.name || value.metadata.generateName || 'Unknown!', why);
