import { describe, expect, it } from 'vitest';
import type { WriteResult } from '#lib/resources/api-error.ts';
import { deleteEach, kubectlDeleteMarked, outcomeWords, sumWords } from './deletions.ts';
import {
  ALL_MARKED,
  hasMarks,
  isMarked,
  type MarkedRow,
  markedNames,
  markedWords,
  NO_MARKS,
  withMarks,
} from './marks.ts';

const row = (uid: string, namespace = 'shop'): MarkedRow => ({ uid, namespace, name: `pod-${uid}` });
const done: WriteResult = { outcome: 'done', uid: '', resourceVersion: '', warnings: [] };
const refusedBy = (reason: string): WriteResult => ({
  outcome: 'refused',
  error: { reason, code: 409, message: 'it said so', causes: [] },
});

describe('marks', () => {
  it('keep rows by uid and take them off again', () => {
    const two = withMarks(NO_MARKS, [row('a'), row('b', 'pay')], true);
    expect([isMarked(two, 'a'), isMarked(two, 'c')]).toEqual([true, false]);
    expect(markedWords(two, '51')).toBe('2 marked');
    expect(markedNames(two)).toBe('pod-a, pod-b');
    const none = withMarks(two, [row('a'), row('b')], false);
    expect(hasMarks(none)).toBe(false);
    expect(hasMarks(two), 'the earlier ones stand').toBe(true);
  });

  it('say where they are when there are many', () => {
    const spread = ['a', 'b', 'c'].map((uid, at) => row(uid, `ns-${at}`));
    expect(markedNames(withMarks(NO_MARKS, spread, true))).toBe('in 3 namespaces');
    expect(
      markedNames(
        withMarks(
          NO_MARKS,
          ['a', 'b', 'c'].map((uid) => row(uid)),
          true,
        ),
      ),
    ).toBe('in shop');
    expect(
      markedNames(
        withMarks(
          NO_MARKS,
          ['a', 'b', 'c'].map((uid) => row(uid, '')),
          true,
        ),
      ),
    ).toBe('');
  });

  it('mean all that match as a question, less what was taken off', () => {
    expect(isMarked(ALL_MARKED, 'never seen')).toBe(true);
    expect(markedWords(ALL_MARKED, '51')).toBe('All 51 that match marked');
    const but = withMarks(ALL_MARKED, [row('a')], false);
    expect(isMarked(but, 'a')).toBe(false);
    expect(markedWords(but, '51')).toBe('All 51 that match but 1 marked');
    expect(withMarks(but, [row('a')], true)).toEqual(ALL_MARKED);
  });
});

describe('deleting marked rows', () => {
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map((uid) => row(uid));

  it('tells how each ended', async () => {
    const told = new Map<string, WriteResult>();
    const answers: Record<string, WriteResult> = { b: refusedBy('Conflict'), c: refusedBy('NotFound') };
    await deleteEach(
      rows,
      async ({ uid }) => answers[uid] ?? done,
      (uid, result) => told.set(uid, result),
      new AbortController().signal,
    );
    expect([...told.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(outcomeWords(told.get('a'))).toBe('Accepted');
    expect(outcomeWords(told.get('b'))).toBe('Not touched: another has this name now');
    expect(outcomeWords(told.get('c'))).toBe('Was gone already');
    expect(sumWords(rows, told)).toMatch(/^4 accepted, 2 refused\./);
  });

  it('sends no more when it is told to stop, and says so', async () => {
    const stop = new AbortController();
    const told = new Map<string, WriteResult>();
    let sent = 0;
    await deleteEach(
      rows,
      async () => {
        sent += 1;
        stop.abort();
        return done;
      },
      (uid, result) => told.set(uid, result),
      stop.signal,
    );
    expect(sent).toBeLessThan(rows.length);
    expect(outcomeWords(told.get('f'))).toBe('Not sent');
    expect(sumWords(rows, told)).toContain(`${rows.length - sent} not sent`);
  });

  it('is the same with kubectl, a line a namespace', () => {
    const some = [row('a', 'shop'), row('b', 'pay'), row('c', 'shop')];
    expect(kubectlDeleteMarked('pods', some, 'it’s mine')).toBe(
      "kubectl delete pods pod-b --namespace pay --context 'it’s mine'\n" +
        "kubectl delete pods pod-a pod-c --namespace shop --context 'it’s mine'",
    );
    expect(kubectlDeleteMarked('nodes', [row('a', '')], '')).toBe('kubectl delete nodes pod-a');
  });
});
