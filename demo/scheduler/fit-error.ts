/** The scheduler's sentence about why no node will do, built as the real one builds it. */

export class Histogram {
  readonly #counts = new Map<string, number>();

  add(reason: string, times = 1): void {
    if (times > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + times);
  }

  /** Sorted as texts, counts included: `10 x` stands before `2 y`. */
  text(): string {
    return [...this.#counts]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort((a, b) => (a < b ? -1 : 1))
      .join(', ');
  }
}

export const NO_NODES = 'no nodes available to schedule pods';

/** `0/6 nodes are available: 1 node(s) were unschedulable, 5 Insufficient cpu.` */
export function fitError(nodes: number, reasons: Histogram): string {
  const text = reasons.text();
  return `0/${nodes} nodes are available:${text ? ` ${text}.` : ''}`;
}

/** A pod that no node can take: what is said without looking at nodes. The tail is the real one's in 1.36. */
export const impossibleError = (nodes: number, reason: string): string =>
  `0/${nodes} nodes are available: ${reason}. not found`;

/** `…. no new claims to deallocate, preemption: …` */
export const withPreemption = (message: string, why: string): string =>
  `${message} no new claims to deallocate, preemption: ${why}`;
