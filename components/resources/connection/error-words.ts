import type { ApiError } from '#lib/resources/api-error.ts';

/** What an error means and what to do next, in one or two sentences before the API server's own words. */
export function errorWords(error: ApiError): string {
  switch (error.reason) {
    case 'Unreachable':
      return 'The API server does not answer.';
    case 'Unauthorized':
      return 'The API server does not accept the credentials of this kubeconfig entry: a certificate or token may have run out. Renew it; the console reads it again by itself.';
    case 'Forbidden':
      return 'The API server refuses this.';
    case 'NotFound':
      return 'The API server knows nothing under this name.';
    case 'TooManyRequests':
      return 'The API server asks for a pause.';
    case 'InvalidAnswer':
      return 'What answered is not a Kubernetes API server, or something stands in between.';
    case 'BadConfiguration':
      return 'The kubeconfig entry cannot be used.';
    case 'Refused':
      return 'The console refuses this itself.';
    case 'Conflict':
      return 'The object changed in the meantime.';
    default:
      return error.code === 0 ? 'There was no answer.' : `The API server answered ${error.code}.`;
  }
}

/** For a ticket: everything that was said, and the ids to find it in logs. No secrets are in an ApiError. */
export function errorDetails(title: string, error: ApiError): string {
  const lines = [
    title,
    `reason: ${error.reason}`,
    `code: ${error.code}`,
    `message: ${error.message}`,
    ...error.causes.map(
      (cause) => `cause: ${cause.field === undefined ? '' : `${cause.field}: `}${cause.message}`,
    ),
  ];
  if (error.auditId !== undefined) lines.push(`audit id: ${error.auditId}`);
  if (error.requestId !== undefined) lines.push(`console request: ${error.requestId}`);
  return `${lines.join('\n')}\n`;
}
