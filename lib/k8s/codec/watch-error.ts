import { apiError } from '#lib/k8s/client/errors.ts';
import { errorOfStatus } from '#lib/k8s/client/failed-answer.ts';
import type { ApiError } from '#lib/resources/api-error.ts';

/** The error of a watch's ERROR event: its object should be a Status. */
export function watchError(object: unknown): ApiError {
  return (
    errorOfStatus(object) ??
    apiError({ reason: 'InvalidAnswer', message: 'The API server ended the watch without saying why' })
  );
}
