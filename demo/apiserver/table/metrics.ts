/** The cells of metrics.k8s.io as metrics-server prints them: a pod's containers in one sum. */
import { array, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { CellPrinter } from './cells.ts';

/** Sums of the two units metrics are written in: `…n` for cores, `…Ki` for bytes. */
function total(value: KubeObject, name: 'cpu' | 'memory'): string {
  const usages = array(value.containers).length > 0 ? objects(value.containers) : [value];
  const sum = usages.reduce(
    (all, item) => all + (Number.parseInt(text(object(item.usage)[name]), 10) || 0),
    0,
  );
  return sum === 0 ? '0' : `${sum}${name === 'cpu' ? 'n' : 'Ki'}`;
}

const cells: CellPrinter = (value) => [
  value.metadata.name,
  total(value, 'cpu'),
  total(value, 'memory'),
  text(value.window),
];

export const METRICS_CELLS: Record<string, CellPrinter> = {
  'nodes.metrics.k8s.io': cells,
  'pods.metrics.k8s.io': cells,
};
