/** The requirements of a label selector, split at commas outside parentheses: what the chips show. */
export function selectorTerms(selector: string): readonly string[] {
  const terms: string[] = [];
  let depth = 0;
  let term = '';
  for (const character of selector) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth <= 0) {
      terms.push(term.trim());
      term = '';
    } else term += character;
  }
  terms.push(term.trim());
  return terms.filter((part) => part !== '');
}

export function withTerm(selector: string, added: string): string {
  return [...new Set([...selectorTerms(selector), ...selectorTerms(added)])].join(',');
}

export function withoutTerm(selector: string, removed: string): string {
  return selectorTerms(selector)
    .filter((term) => term !== removed)
    .join(',');
}
