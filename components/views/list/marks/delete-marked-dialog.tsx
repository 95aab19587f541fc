'use client';
import { useRef, useState } from 'react';
import type { Kind } from '#components/resources/use-kind.ts';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Glyph, type GlyphName } from '#components/ui/glyph.tsx';
import { Dialog } from '#components/ui/overlay/dialog.tsx';
import { ScrollRegion } from '#components/ui/scroll-region.tsx';
import { formatCount } from '#lib/format/number.ts';
import { useClusters } from '#lib/live/use-socket.ts';
import { deleteObject } from '#lib/live/write.ts';
import type { WriteResult } from '#lib/resources/api-error.ts';
import { type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import styles from './delete-marked.module.css';
import { deleteEach, kubectlDeleteMarked, type Outcomes, outcomeWords, sumWords } from './deletions.ts';
import type { MarkedRow } from './marks.ts';

export interface DeleteMarkedDialogProps {
  readonly opened: boolean;
  readonly cluster: string;
  readonly type: ResourceType;
  readonly kind: Kind;
  readonly rows: readonly MarkedRow[];
  readonly onClose: () => void;
  /** Those that were accepted need no mark any more. */
  readonly onAccepted: (rows: readonly MarkedRow[]) => void;
}

/** Asks once for all, and stays to tell how each ended. */
export function DeleteMarkedDialog(props: DeleteMarkedDialogProps) {
  const { rows, kind } = props;
  const deletion = useDeletion(props);
  const { outcomes, stage } = deletion;
  const count = `${formatCount(rows.length)} ${rows.length === 1 ? kind.one : kind.words}`;
  const title = stage === 'asked' ? `Delete ${count}?` : `${formatCount(outcomes.size)} of ${count} answered`;
  const close = () => {
    // What was sent is told to its end.
    if (stage === 'sending') return deletion.stop();
    props.onClose();
    if (stage === 'ended') props.onAccepted(rows.filter((row) => outcomes.get(row.uid)?.outcome === 'done'));
  };
  return (
    <Dialog opened={props.opened} onClose={close} title={title}>
      <RowList
        rows={rows}
        outcomes={stage === 'asked' ? null : outcomes}
        isOver={stage === 'ended'}
        words={kind.words}
      />
      {stage === 'asked' ? <Question {...props} /> : null}
      <p role="status" className={stage === 'ended' ? styles.sum : undefined}>
        {stage === 'ended' ? sumWords(rows, outcomes) : ''}
      </p>
      <div className={styles.foot}>
        <Button autoFocus onClick={close}>
          {stage === 'asked' ? 'Keep them' : stage === 'sending' ? 'Send no more' : 'Close'}
        </Button>
        {stage === 'asked' ? (
          <Button tone="armed" onClick={() => void deletion.send()}>
            Delete {count}
          </Button>
        ) : null}
      </div>
    </Dialog>
  );
}

function useDeletion({ rows, cluster, type }: DeleteMarkedDialogProps) {
  const [outcomes, setOutcomes] = useState<Outcomes>(new Map());
  const [stage, setStage] = useState<'asked' | 'sending' | 'ended'>('asked');
  const leave = useRef<AbortController | null>(null);
  const remove = ({ namespace, name, uid }: MarkedRow): Promise<WriteResult> =>
    deleteObject({ cluster, type, namespace, name, uid, propagationPolicy: 'Background' });
  const send = async () => {
    const controller = new AbortController();
    leave.current = controller;
    setStage('sending');
    const told = (uid: string, result: WriteResult) =>
      setOutcomes((before) => new Map(before).set(uid, result));
    await deleteEach(rows, remove, told, controller.signal);
    setStage('ended');
  };
  return { outcomes, stage, send, stop: () => leave.current?.abort() };
}

function Question(props: DeleteMarkedDialogProps) {
  const clusters = useClusters();
  const resource = resourceName(props.type);
  const context = clusters?.find((one) => one.id === props.cluster)?.context ?? '';
  return (
    <div className={styles.question}>
      <p>
        {resource === 'pods'
          ? 'Each is stopped within its grace period. Those with a controller are made again, the others are not.'
          : 'It cannot be undone. What is controlled by another object may be made again by it.'}
      </p>
      <CodeBlock
        wrap
        title="The same with kubectl"
        code={kubectlDeleteMarked(resource, props.rows, context)}
      />
      <p className={styles.small}>
        Sent one by one with the uids seen here: what was made anew under one of these names is not touched.
      </p>
    </div>
  );
}

function RowList(props: {
  readonly rows: readonly MarkedRow[];
  /** null before anything was sent. */
  readonly outcomes: Outcomes | null;
  readonly isOver: boolean;
  readonly words: string;
}) {
  const { outcomes } = props;
  return (
    <ScrollRegion label={`Marked ${props.words}`} className={styles.list}>
      <ul>
        {props.rows.map((row) => {
          const result = outcomes?.get(row.uid);
          return (
            <li key={row.uid}>
              <Glyph name={outcomes === null ? 'trash' : glyphOf(result)} />
              <span className={styles.name}>{row.name}</span>
              <span className={styles.small}>
                {outcomes === null
                  ? row.namespace
                  : result === undefined && !props.isOver
                    ? 'Waiting'
                    : outcomeWords(result)}
              </span>
            </li>
          );
        })}
      </ul>
    </ScrollRegion>
  );
}

function glyphOf(result: WriteResult | undefined): GlyphName {
  if (result === undefined) return 'wait';
  if (result.outcome === 'done') return 'ok';
  return result.outcome === 'refused' ? 'failed' : 'unknown';
}
