import { consoleApi } from '../../../console.ts';

export const dynamic = 'force-dynamic';

/** All rows of a question as a file: ?spec=&format=&columns=. */
export function GET(request: Request): Promise<Response> {
  return consoleApi().export(request);
}
