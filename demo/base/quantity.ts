/** Kubernetes quantities in exact thousandths (bigint), so sums of memory do not lose bytes. */
const SUFFIX: Record<string, bigint> = {
  k: 1_000n,
  M: 1_000_000n,
  G: 1_000_000_000n,
  T: 1_000_000_000_000n,
  P: 1_000_000_000_000_000n,
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
};

/** Thousandths of the unit: `500m` → 500n, `1Gi` → 1073741824000n. Anything unreadable counts as nothing. */
export function parseQuantity(written: unknown): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.exec(String(written ?? ''));
  if (!match) return 0n;
  const [, sign, whole = '0', fraction = '', suffix = ''] = match;
  const digits = BigInt(whole + fraction);
  const scale = 10n ** BigInt(fraction.length);
  const unit = suffix === 'm' ? 1n : 1000n * (SUFFIX[suffix] ?? 1n);
  const value = (digits * unit) / scale;
  return sign ? -value : value;
}

/** Writes a quantity in the suffix family of `like` (binary for memory, milli for CPU), as short as it goes. */
export function formatQuantity(thousandths: bigint, like: 'binary' | 'decimal'): string {
  if (thousandths % 1000n !== 0n) return `${thousandths}m`;
  const value = thousandths / 1000n;
  if (like === 'decimal' || value === 0n) return String(value);
  for (const suffix of ['Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
    const unit = SUFFIX[suffix] as bigint;
    if (value % unit === 0n) return `${value / unit}${suffix}`;
  }
  return String(value);
}

/** The form the API server stores: the largest suffix that leaves a whole number, so `1000m` is `1` and `0.5Gi` is `512Mi`. */
export function canonicalQuantity(written: string): string {
  if (!/^-?\d+(\.\d+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.test(written)) return written;
  const thousandths = parseQuantity(written);
  const isBinary = written.endsWith('i');
  if (thousandths % 1000n !== 0n || thousandths === 0n) return formatQuantity(thousandths, 'decimal');
  if (isBinary) return formatQuantity(thousandths, 'binary');
  const value = thousandths / 1000n;
  for (const suffix of ['P', 'T', 'G', 'M', 'k']) {
    const unit = SUFFIX[suffix] as bigint;
    if (value % unit === 0n) return `${value / unit}${suffix}`;
  }
  return String(value);
}
