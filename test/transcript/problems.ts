/** What is wrong with a transcript: differences nobody listed, and listed ones that are gone. Pure. */
import { align, explanation } from './compare.ts';
import type { Difference } from './differences.ts';
import type { Played } from './session.ts';
import type { Chapter } from './step.ts';

export interface Transcript {
  chapters: readonly Chapter[];
  demo: Played;
  real: Played;
  differences: readonly Difference[];
  /** The text of docs/demo-differences.md. */
  page: string;
  /** Every chapter was played, so every difference of the list had its chance. */
  isWhole: boolean;
}

export function findProblems(transcript: Transcript): string[] {
  const { chapters, differences, page, isWhole } = transcript;
  const seen = new Set<RegExp>();
  const problems = chapters
    .flatMap(({ steps }) => steps)
    .flatMap(({ title }) => problemsOfStep(title, transcript, seen));
  if (!isWhole) return problems;
  for (const each of differences) {
    const name = `${each.step ?? 'all steps'}: demo ${each.demo ?? '-'}, real ${each.real ?? '-'}`;
    const sides = [each.demo, each.real].filter((side) => side !== undefined);
    if (!sides.every((side) => seen.has(side))) problems.push(`listed, but no longer there: ${name}`);
    if (!page.includes(each.because)) problems.push(`docs/demo-differences.md does not say: ${each.because}`);
  }
  return problems;
}

function problemsOfStep(title: string, { demo, real, differences }: Transcript, seen: Set<RegExp>): string[] {
  const [ours, theirs] = [demo.get(title), real.get(title)];
  if (!ours || !theirs) return [];
  const unlisted = align(ours.lines, theirs.lines).filter((each) => {
    if (each.side === 'both') return false;
    const listed = explanation(title, each, differences);
    const side = listed?.[each.side];
    if (side) seen.add(side);
    return !side;
  });
  const problems = unlisted.map(({ side, line }) => `  ${side === 'demo' ? '-' : '+'} ${line}`);
  if (ours.exitCode !== theirs.exitCode)
    problems.push(`  exit code: demo ${ours.exitCode}, real ${theirs.exitCode}`);
  return problems.length > 0 ? [[`${title}:`, ...problems].join('\n')] : [];
}
