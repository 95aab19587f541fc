/** The transcript as a page of Markdown: every step with its output, or with both where they differ. Pure. */
import { type Aligned, align, explanation } from './compare.ts';
import type { Difference } from './differences.ts';
import type { Played } from './session.ts';
import type { Chapter, Step } from './step.ts';

const intro = `# A session of plain kubectl, against the demo cluster and a real one

Written by \`npm run transcript -- --write\`; not edited by hand. The same kubectl says the same words to the demo
cluster and to a real control plane (kube-apiserver, controller-manager, scheduler, KWOK nodes). Where both answer alike one
output stands here; where they differ, lines of the demo start with \`-\`, those of the real one with \`+\`, and the
reason follows. Uids, ages, addresses, hashes and other names of chance are replaced by words in \`<…>\`.
`;

export function formatPage(
  chapters: readonly Chapter[],
  demo: Played,
  real: Played,
  list: readonly Difference[],
): string {
  const parts = chapters.map(({ title, steps }) => {
    const sections = steps.map((step) => formatStep(step, demo, real, list));
    return `\n## ${title}\n${sections.join('')}`;
  });
  return `${intro}${parts.join('')}`;
}

function formatStep(step: Step, demo: Played, real: Played, list: readonly Difference[]): string {
  const [ours, theirs] = [demo.get(step.title), real.get(step.title)];
  const aligned = align(ours?.lines ?? [], theirs?.lines ?? ours?.lines ?? []);
  const differing = aligned.filter(({ side }) => side !== 'both');
  const reasons = new Set(
    differing.map((each) => explanation(step.title, each, list)?.because ?? 'not explained'),
  );
  const marks = { both: '  ', demo: '- ', real: '+ ' };
  const mark = ({ side }: Aligned): string => (differing.length > 0 ? marks[side] : '');
  const notes = [
    ...(ours?.exitCode && !step.interruptedWhen ? [`Exit code ${ours.exitCode}.`] : []),
    ...(step.demoOnly ? [`The demo only: ${step.demoOnly}`] : []),
    ...[...reasons].map((reason) => `They differ: ${reason}`),
  ];
  return `
### ${step.title}

\`\`\`${differing.length > 0 ? 'diff' : 'console'}
${[commandOf(step), ...aligned.map((each) => mark(each) + each.line), '```'].join('\n')}
${notes.map((note) => `\n${note}\n`).join('')}`;
}

function commandOf({ kubectl, stdin, editor, typed, meanwhile }: Step): string {
  const editing = editor ? `KUBE_EDITOR='${editor}' ` : '';
  const input = stdin && !typed ? ` <<EOF\n${stdin.trimEnd()}\nEOF` : '';
  const others = (meanwhile ?? []).map((other) => `\n$ kubectl ${other.kubectl}   # meanwhile, elsewhere`);
  return `$ ${editing}kubectl ${kubectl}${input}${others.join('')}`;
}
