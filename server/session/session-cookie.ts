/**
 * The cookie holds an opaque id and nothing else. Cookies do not know ports, so the port is in the name; another
 * program on this host may set the same name on a longer path, so all values a browser sends are tried.
 */
const MAX_TRIED = 4;

export const sessionCookieName = (port: number): string => `strata_session_${port}`;

export function sessionCookie(port: number, id: string, maxAgeSeconds: number): string {
  return `${sessionCookieName(port)}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
}

export const endedSessionCookie = (port: number): string => sessionCookie(port, '', 0);

/** Values that could be a session id; malformed ones are left out. */
export function sessionIdsOf(cookieHeader: string | undefined, port: number): readonly string[] {
  const prefix = `${sessionCookieName(port)}=`;
  return (cookieHeader ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length))
    .filter((id) => /^[A-Za-z0-9_-]{43}$/.test(id))
    .slice(0, MAX_TRIED);
}
