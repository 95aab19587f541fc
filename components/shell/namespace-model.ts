/** What the picker's button says: 'All namespaces 8', 'shop-checkout', '3 namespaces'. */
export function scopeWords(
  chosen: readonly string[],
  all: readonly string[] | null | undefined,
): { words: string; count: string } {
  const [only, ...more] = chosen;
  if (only === undefined) return { words: 'All namespaces', count: all ? String(all.length) : '' };
  return more.length === 0 ? { words: only, count: '' } : { words: `${chosen.length} namespaces`, count: '' };
}

/** Chosen ones first (also those that are gone), then what the typed words match, by name. */
export function shownNamespaces(
  all: readonly string[],
  chosen: readonly string[],
  typed: string,
): readonly { readonly name: string; readonly chosen: boolean; readonly known: boolean }[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const matches = (name: string): boolean => words.every((word) => name.includes(word));
  const names = new Set([...chosen, ...all]);
  return [...names]
    .filter(matches)
    .map((name) => ({ name, chosen: chosen.includes(name), known: all.includes(name) }))
    .sort((a, b) => Number(b.chosen) - Number(a.chosen) || (a.name < b.name ? -1 : 1));
}

export function toggled(chosen: readonly string[], name: string): readonly string[] {
  return chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name];
}

/** RFC 1123 label, as Kubernetes asks of a namespace's name. */
export function isNamespaceName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}
