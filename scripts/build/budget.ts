// Is the first table route within scripts/budgets.json? KB are 1,000 bytes, brotli.
import budgets from '../budgets.json' with { type: 'json' };
import { type RouteSize, routeSize } from './route-size.ts';

export interface Budget {
  readonly scriptBrotliKb: number;
  readonly scriptBrotliKbGoal: number;
  readonly goalIssue: string;
  readonly styleBrotliKb: number;
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

/** One line with the figures of a route. */
export function describeSize(size: RouteSize, budget: Budget): string {
  return (
    `First table route ${size.route}: JavaScript ${kilobytes(size.script.brotliBytes)} KB brotli ` +
    `(${kilobytes(size.script.rawBytes)} KB raw, ${size.script.files.length} files; budget ${budget.scriptBrotliKb}, ` +
    `goal ${budget.scriptBrotliKbGoal} by "${budget.goalIssue}"), CSS ${kilobytes(size.style.brotliBytes)} KB brotli ` +
    `(budget ${budget.styleBrotliKb})`
  );
}

/** What is over the budget, a line each, with what to do. */
export function overBudget(size: RouteSize, budget: Budget): string[] {
  const over = (what: string, bytes: number, limitKb: number) =>
    bytes <= limitKb * 1000
      ? []
      : [
          `${what} of ${size.route} is ${kilobytes(bytes)} KB brotli, the budget ${limitKb} KB: load what is not seen first ` +
            'on demand (next/dynamic), or drop a package. `npx next analyze` shows what is inside.',
        ];
  return [
    ...over('JavaScript', size.script.brotliBytes, budget.scriptBrotliKb),
    ...over('CSS', size.style.brotliBytes, budget.styleBrotliKb),
  ];
}

/** Measures the built first table route. Throws when the build lacks it. */
export function checkBudget(root: string): { line: string; problems: string[] } {
  const budget = budgets.firstTableRoute;
  const size = routeSize(root, budget.route);
  return { line: describeSize(size, budget), problems: overBudget(size, budget) };
}
