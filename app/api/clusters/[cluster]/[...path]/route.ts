import { consoleApi } from '../../../console.ts';

/** One object of one cluster. What it means is parsed by the server from the address as the browser sent it. */
const handle = (request: Request): Promise<Response> => consoleApi().object(request);

export const dynamic = 'force-dynamic';
export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
