// Rule "cycles": no file and no folder reaches itself through imports, types included:
// what two places know of each other belongs to a third.
import { posix } from 'node:path';
import type { SourceFile, Violation } from './source-file.ts';

/** node → (neighbour → where the edge stands) */
type Graph = Map<string, Map<string, { path: string; line: number }>>;

function graphOf(files: readonly SourceFile[], nodeOf: (path: string) => string): Graph {
  const graph: Graph = new Map();
  const known = new Set(files.map((file) => file.path));
  for (const file of files) {
    const from = nodeOf(file.path);
    const edges = graph.get(from) ?? new Map();
    graph.set(from, edges);
    for (const use of file.imports) {
      if (use.path === undefined || !known.has(use.path)) continue;
      const to = nodeOf(use.path);
      if (to !== from && !isOwnPart(from, to) && !edges.has(to))
        edges.set(to, { path: file.path, line: use.line });
    }
  }
  return graph;
}

/** One cycle for each group of nodes that reach each other, by depth-first search. */
function findCycles(graph: Graph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const stack: string[] = [];
  const walk = (node: string) => {
    const at = stack.indexOf(node);
    if (at >= 0) {
      cycles.push(stack.slice(at));
      return;
    }
    if (done.has(node)) return;
    stack.push(node);
    for (const next of graph.get(node)?.keys() ?? []) walk(next);
    stack.pop();
    done.add(node);
  };
  for (const node of [...graph.keys()].sort()) walk(node);
  return cycles;
}

function violations(what: string, graph: Graph): Violation[] {
  return findCycles(graph).map((cycle) => {
    const [first = '', second = first] = cycle;
    const edge = graph.get(first)?.get(second) ?? { path: first, line: 1 };
    return {
      ...edge,
      rule: 'cycles',
      message: `${what} import each other in a circle: ${[...cycle, first].join(' → ')}. Move what they share to a place of its own, or pass it in`,
    };
  });
}

/** A folder may use its own subfolders (a registry lists them), which may use its contracts: that is one subject. */
const isOwnPart = (folder: string, other: string) => other.startsWith(`${folder}/`);

/** Tests may look at anything beside them; they are left out. */
export function checkCycles(all: readonly SourceFile[]): Violation[] {
  const files = all.filter((file) => !file.isTest);
  return [
    ...violations(
      'Files',
      graphOf(files, (path) => path),
    ),
    ...violations(
      'Folders',
      graphOf(files, (path) => posix.dirname(path)),
    ),
  ];
}
