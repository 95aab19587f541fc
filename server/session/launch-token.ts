import { createHash, timingSafeEqual } from 'node:crypto';

/** The secret in the link printed at start: whoever holds it may open sessions while this process lives. */
export interface LaunchToken {
  /** For the one line on stdout; appears nowhere else. */
  reveal(): string;
  /** Takes the same time whatever is wrong with the text. */
  matches(text: string): boolean;
}

/** secret: 32 random bytes. */
export function createLaunchToken(secret: Uint8Array): LaunchToken {
  if (secret.length < 32) throw new RangeError('a launch token needs 256 bits');
  const token = Buffer.from(secret).toString('base64url');
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return { reveal: () => token, matches: (text) => timingSafeEqual(digest(text), expected) };
}
