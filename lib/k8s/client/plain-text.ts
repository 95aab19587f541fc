/**
 * Words of others made fit for a message: control characters (terminal escapes, line breaks, bidi overrides)
 * become blanks, runs of blanks one, and the rest is cut.
 */
export function plainText(text: string, maxLength: number): string {
  const clean = text
    .slice(0, maxLength * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1).trimEnd()}…` : clean;
}
