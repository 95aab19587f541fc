import { consoleApi } from '../../../console.ts';

export const dynamic = 'force-dynamic';

/** May this identity do that: ?verb=&group=&resource=&namespace=&name=. */
export function GET(request: Request): Promise<Response> {
  return consoleApi().access(request);
}
