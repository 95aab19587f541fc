'use client';
import { useEffect, useRef, useState } from 'react';
import { errorWords } from '#components/resources/connection/error-words.ts';
import { Button } from '#components/ui/button.tsx';
import { Note } from '#components/ui/note.tsx';
import { Dialog } from '#components/ui/overlay/dialog.tsx';
import { formatBytes, formatCount } from '#lib/format/number.ts';
import { type ExportEnd, exportRows } from '#lib/live/export-rows.ts';
import type { List } from '../list.ts';
import styles from './export-dialog.module.css';
import { allExported, caveatOf, type Exported, markedExported, shownColumns } from './exported.ts';

export interface ExportDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly list: List;
  readonly which: 'all' | 'marked';
}

type Format = 'csv' | 'json';

/** Asks for the form, then shows the rows come; leaving it gives the rest up. */
export function ExportDialog(props: ExportDialogProps) {
  const { list, which } = props;
  // The question stays what it was when the dialog opened.
  const [exported] = useState(() => (which === 'all' ? allExported(list) : markedExported(list)));
  const [format, setFormat] = useState<Format>('csv');
  const [isEvery, setEvery] = useState(false);
  const run = useExport(exported);
  const isAsked = run.stage === 'asked';
  const close = () => {
    run.cancel();
    props.onClose();
  };
  const start = () => void run.start(format, isEvery ? [] : shownColumns(list));
  return (
    <Dialog opened={props.opened} onClose={close} title={`Export ${exported.words}`}>
      {isAsked ? (
        <div className={styles.question}>
          <Choice title="Form" value={format} onChange={setFormat} choices={FORMS} />
          <Choice
            title="Columns"
            value={isEvery ? 'every' : 'shown'}
            onChange={(value) => setEvery(value === 'every')}
            choices={COLUMNS}
          />
          <p className={styles.small}>{caveatOf(list) || 'In the order of the list, as it is now.'}</p>
        </div>
      ) : (
        <Course run={run} count={exported.count} />
      )}
      <div className={styles.foot}>
        <Button autoFocus={!isAsked} onClick={close}>
          {run.stage === 'ended' ? 'Close' : 'Cancel'}
        </Button>
        {isAsked ? (
          <Button tone="primary" autoFocus waits={exported.waits} onClick={start}>
            Export
          </Button>
        ) : null}
      </div>
    </Dialog>
  );
}

type Choices<V extends string> = readonly (readonly [value: V, label: string, what: string])[];

const FORMS: Choices<Format> = [
  ['csv', 'CSV', 'for spreadsheets, words as the table says them'],
  ['json', 'JSON', 'for programs, one object a row'],
];
const COLUMNS: Choices<'shown' | 'every'> = [
  ['shown', 'Those shown', 'in their order'],
  ['every', 'All there are', 'also those in the chooser'],
];

function Choice<V extends string>(props: {
  readonly title: string;
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly choices: Choices<V>;
}) {
  return (
    <fieldset className={styles.choice}>
      <legend>{props.title}</legend>
      {props.choices.map(([value, label, what]) => (
        <label key={value}>
          <input
            type="radio"
            name={props.title}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          <b>{label}</b>
          <span className={styles.small}>{what}</span>
        </label>
      ))}
    </fieldset>
  );
}

type Run = ReturnType<typeof useExport>;

function useExport(exported: Exported) {
  const [stage, setStage] = useState<'asked' | 'running' | 'ended'>('asked');
  const [progress, setProgress] = useState({ rows: 0, total: exported.count ?? 0 });
  const [end, setEnd] = useState<(ExportEnd & { readonly file?: string }) | null>(null);
  const leave = useRef<AbortController | null>(null);
  useEffect(() => () => leave.current?.abort(), []);
  const start = async (format: Format, columns: readonly string[]) => {
    const controller = new AbortController();
    leave.current = controller;
    setStage('running');
    const told = (rows: number, total: number) => setProgress({ rows, total });
    const asked = { format, columns, ...exported.part };
    const result = await exportRows(exported.spec, asked, controller.signal, told);
    setStage('ended');
    setEnd(result.outcome === 'done' ? { ...result, file: save(result.blob, result.name) } : result);
  };
  return { stage, progress, end, start, cancel: () => leave.current?.abort() };
}

/** Gives the file to the browser, named with the moment. */
function save(blob: Blob, name: string): string {
  const at = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  const file = name.replace(/(\.[a-z]+)$/, `-${at}Z$1`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  // The browser took it within this task; the address is not needed for longer.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
  return file;
}

function Course({ run, count }: { readonly run: Run; readonly count: number | null }) {
  const { rows, total } = run.progress;
  const { end } = run;
  if (end === null) {
    return (
      <div className={styles.course}>
        <progress aria-label="Rows exported" max={Math.max(1, total)} value={rows} />
        <span className={styles.small}>
          {formatCount(rows)} of {formatCount(total)} rows
        </span>
      </div>
    );
  }
  return (
    <div role="status">
      {end.outcome === 'done' ? (
        <Note level="ok" title={`${formatCount(end.rows)} rows in ${end.file}`}>
          <p>
            {formatBytes(end.blob.size)}.{' '}
            {count !== null && end.rows < count
              ? `${formatCount(count - end.rows)} are not in it: they left meanwhile.`
              : 'The browser keeps it where it keeps downloads.'}
          </p>
        </Note>
      ) : end.outcome === 'refused' ? (
        <Note level="failed" title="Nothing was exported">
          <p>
            {errorWords(end.error)} {end.error.message}
          </p>
        </Note>
      ) : (
        <Note level="unknown" title="Given up: nothing was kept">
          <p>Rows that had come are let go.</p>
        </Note>
      )}
    </div>
  );
}
