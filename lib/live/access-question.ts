import { textAt } from '#lib/resources/read.ts';
import { routes } from '#lib/routes.ts';

/** A right in RBAC's terms. namespace '' asks at cluster scope; name '' asks for any object. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** GET …/access. Rejects when the console cannot be reached or does not answer as agreed. */
export async function askAccess(
  cluster: string,
  right: Right,
  signal: AbortSignal,
): Promise<{ readonly allowed: boolean; readonly reason: string }> {
  const search = new URLSearchParams({
    verb: right.verb,
    group: right.group,
    resource: right.resource,
    namespace: right.namespace,
    ...(right.name === undefined || right.name === '' ? {} : { name: right.name }),
    ...(right.subresource === undefined ? {} : { subresource: right.subresource }),
  });
  const answer = await fetch(`${routes.apiAccess(cluster)}?${search}`, { signal, cache: 'no-store' });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(textAt(body, 'message') || `The console answered ${answer.status}`);
  const allowed = typeof body === 'object' && body !== null && 'allowed' in body && body.allowed === true;
  return { allowed, reason: textAt(body, 'reason') };
}
