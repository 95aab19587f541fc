/**
 * True when `version` is known to be older than `than`. Kubernetes promises that resourceVersions of one kind compare
 * as decimal numbers (KEP-5504); servers that use other texts are taken at their word, in the order they send.
 */
export function isOlderVersion(version: string, than: string): boolean {
  if (!isDecimal(version) || !isDecimal(than)) return false;
  if (version.length !== than.length) return version.length < than.length;
  return version < than;
}

function isDecimal(version: string): boolean {
  return /^(0|[1-9]\d*)$/.test(version);
}
