const SUFFIXES: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
});

/**
 * A resource.Quantity ('100m', '1.5Gi', '2e3') as a number in its base unit (cores, bytes, pieces); null when it is
 * none. Mirrors k8s.io/apimachinery/pkg/api/resource: either a suffix or an exponent, not both.
 */
export function parseQuantity(text: unknown): number | null {
  if (typeof text === 'number') return Number.isFinite(text) ? text : null;
  if (typeof text !== 'string' || text.length > 64) return null;
  const match =
    /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,2})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)$/.exec(text);
  if (match === null) return null;
  const value = Number(match[1]);
  return match[2] === undefined ? value * (SUFFIXES[match[3] ?? ''] ?? 1) : value * 10 ** Number(match[2]);
}
