/** Lists of resource quantities, added and compared: what pods ask for and may use, exact to the thousandth. */
import { at, type JsonObject, object, objects } from '../../base/json.ts';
import { canonicalQuantity, formatQuantity, parseQuantity } from '../../base/quantity.ts';

export interface Amount {
  /** Thousandths of the unit. */
  value: bigint;
  /** Written with Ki, Mi…: a sum is written as its first part was. */
  isBinary: boolean;
}

export type Amounts = Map<string, Amount>;

export const amountOf = (written: unknown): Amount => ({
  value: parseQuantity(written),
  isBinary: String(written).endsWith('i'),
});

export const count = (value: number): Amount => ({ value: BigInt(value) * 1000n, isBinary: false });

export const amountText = ({ value, isBinary }: Amount): string =>
  isBinary ? formatQuantity(value, 'binary') : canonicalQuantity(formatQuantity(value, 'decimal'));

export const readAmounts = (list: unknown): Amounts =>
  new Map(Object.entries(object(list)).map(([name, written]) => [name, amountOf(written)]));

/** Adds in place. */
export function addAmounts(into: Amounts, from: Amounts): void {
  for (const [name, amount] of from) {
    const before = into.get(name);
    const isFirst = before === undefined || before.value === 0n;
    into.set(name, isFirst ? amount : { value: before.value + amount.value, isBinary: before.isBinary });
  }
}

function raiseAmounts(into: Amounts, from: Amounts): void {
  for (const [name, amount] of from) {
    const before = into.get(name);
    if (before === undefined || before.value < amount.value) into.set(name, amount);
  }
}

/**
 * What a pod as a whole requests, or may use: the sum of its containers and sidecars, at least what any init container
 * needs while the sidecars before it run. What the pod names for itself stands above that.
 */
export function podAmounts(podSpec: JsonObject, side: 'requests' | 'limits'): Amounts {
  const total: Amounts = new Map();
  for (const container of objects(podSpec.containers))
    addAmounts(total, readAmounts(at(container, 'resources', side)));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of objects(podSpec.initContainers)) {
    const own = readAmounts(at(container, 'resources', side));
    if (container.restartPolicy === 'Always') {
      addAmounts(total, own);
      addAmounts(sidecars, own);
      raiseAmounts(starting, sidecars);
    } else {
      addAmounts(own, sidecars);
      raiseAmounts(starting, own);
    }
  }
  raiseAmounts(total, starting);
  for (const [name, amount] of readAmounts(at(podSpec.resources, side))) total.set(name, amount);
  return total;
}
