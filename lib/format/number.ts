const NBSP = '\u00a0';

/** 12,400. Not a number: '?'. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? count.toLocaleString('en-US', { maximumFractionDigits: 0 }) : '?';
}

/** '1 pod', '3 pods', '12,400 pods'. */
export function formatPlural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)}${NBSP}${count === 1 ? one : many}`;
}

/** 'ten' significant digits would be noise: three at most, '79.2 GiB'. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '?';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const text = Number(value.toPrecision(3)).toString();
  return `${bytes < 0 ? '-' : ''}${text}${NBSP}${units[unit]}`;
}
