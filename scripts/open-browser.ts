// Opens the person's browser, quietly: the link is on the screen anyway.
import { spawn } from 'node:child_process';

/** The command for a platform; undefined where there is no usual one. */
export function browserCommand(platform: NodeJS.Platform, url: string): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', url];
  // `start` is a word of cmd, its first quoted argument a window title.
  if (platform === 'win32') return ['cmd', '/c', 'start', '', url.replaceAll('&', '^&')];
  return ['xdg-open', url];
}

export function openBrowser(url: string): void {
  const [command, ...args] = browserCommand(process.platform, url);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', () => undefined); // no opener on this machine
  child.unref();
}
