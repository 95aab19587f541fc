import { afterEach, describe, expect, it, vi } from 'vitest';
import { querySpec } from '#lib/resources/query-spec.ts';
import { exportRows } from './export-rows.ts';

const spec = querySpec({ cluster: 'c', kinds: ['pods'] });
const asked = { format: 'csv', columns: [] } as const;
const never = new AbortController().signal;

function answerWith(text: string, init: ResponseInit = {}): void {
  const headers = {
    'x-strata-rows': '3',
    'content-disposition': 'attachment; filename="pods-c.csv"',
  };
  vi.stubGlobal('fetch', async () => new Response(text, { headers, ...init }));
}
afterEach(() => void vi.unstubAllGlobals());

describe('rows as a file', () => {
  it('counts the rows that came, not the lines', async () => {
    answerWith('Name\r\na\r\n"two\nlines"\r\n');
    const told: number[][] = [];
    const end = await exportRows(spec, asked, never, (...progress) => told.push(progress));
    expect(end).toMatchObject({ outcome: 'done', rows: 2, name: 'pods-c.csv' });
    expect(told.at(-1)).toEqual([2, 3]);
    answerWith('[\n{"a":1},\n{"a":2}\n]\n');
    expect(await exportRows(spec, { ...asked, format: 'json' }, never)).toMatchObject({ rows: 2 });
    answerWith('[\n]\n');
    expect(await exportRows(spec, { ...asked, format: 'json' }, never)).toMatchObject({ rows: 0 });
    answerWith('a\tb\nc\td\n');
    expect(await exportRows(spec, { ...asked, format: 'tsv' }, never)).toMatchObject({ rows: 2 });
  });

  it('tells a refusal, and never takes a part for the whole', async () => {
    answerWith('{"reason":"Forbidden","message":"no","code":403}', { status: 403 });
    expect(await exportRows(spec, asked, never)).toMatchObject({
      ...{ outcome: 'refused', error: { reason: 'Forbidden', message: 'no' } },
    });
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('Name\r\na\r\n'));
      },
      pull: (controller) => controller.error(new Error('cut')),
    });
    vi.stubGlobal('fetch', async () => new Response(broken));
    expect(await exportRows(spec, asked, never)).toMatchObject({ outcome: 'refused' });
  });

  it('can be given up', async () => {
    const leave = new AbortController();
    vi.stubGlobal('fetch', async () => {
      leave.abort();
      throw leave.signal.reason;
    });
    expect(await exportRows(spec, asked, leave.signal)).toEqual({ outcome: 'cancelled' });
  });
});
