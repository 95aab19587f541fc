'use client';
import { useState } from 'react';
import { deleteWords, kubectlDelete } from '#components/resources/delete-words.ts';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import field from '#components/ui/field.module.css';
import { Dialog } from '#components/ui/overlay/dialog.tsx';
import { useClusters } from '#lib/live/use-socket.ts';
import { useDeleteObject } from '#lib/live/use-write.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference, ResourceType } from '#lib/resources/resource-type.ts';
import { DeleteConsequences } from './delete-consequences.tsx';
import styles from './delete-dialog.module.css';
import { DeleteOutcome } from './delete-outcome.tsx';

export interface DeleteDialogProps {
  readonly opened: boolean;
  readonly reference: ObjectReference;
  readonly type: ResourceType;
  /** 'pod' */
  readonly one: string;
  readonly object: PartialObject;
  readonly onClose: () => void;
}

/** Asks, says what follows, and stays to tell how it ended. The page itself changes only when the watch confirms. */
export function DeleteDialog(props: DeleteDialogProps) {
  const { reference, type, one, object } = props;
  const [typed, setTyped] = useState('');
  const deletion = useDeleteObject();
  const { typesName } = deleteWords(reference, object);
  const isArmed = !typesName || typed === reference.name;
  const send = () =>
    deletion.mutate({
      cluster: reference.cluster,
      type,
      namespace: reference.namespace,
      name: reference.name,
      uid: object.metadata.uid,
      propagationPolicy: 'Background',
    });
  const waits = deletion.isPending
    ? 'Sent, waiting for the answer'
    : isArmed
      ? undefined
      : 'Type the name first';
  const result = deletion.data;
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={`Delete ${one} ${reference.name}?`}>
      {result === undefined ? (
        <Question {...props} typed={typed} onType={setTyped} />
      ) : (
        <DeleteOutcome result={result} one={one} name={reference.name} />
      )}
      <div className={styles.foot}>
        <Button autoFocus onClick={props.onClose}>
          {result === undefined ? 'Keep it' : 'Close'}
        </Button>
        {result === undefined ? (
          <Button tone={isArmed ? 'armed' : 'danger'} waits={waits} onClick={send}>
            {deletion.isPending ? 'Deleting' : `Delete ${one}`}
          </Button>
        ) : null}
      </div>
    </Dialog>
  );
}

function Question(
  props: DeleteDialogProps & { readonly typed: string; readonly onType: (text: string) => void },
) {
  const { reference, object } = props;
  const clusters = useClusters();
  const context = clusters?.find((cluster) => cluster.id === reference.cluster)?.context ?? '';
  const { consequence, typesName } = deleteWords(reference, object);
  return (
    <div className={styles.question}>
      <p className={styles.words}>{consequence}</p>
      <DeleteConsequences reference={reference} object={object} one={props.one} />
      {typesName ? (
        <label className={styles.typed}>
          <span>
            Type <b>{reference.name}</b> to go on
          </span>
          <input
            className={field.input}
            value={props.typed}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="none"
            onChange={(event) => props.onType(event.target.value)}
          />
        </label>
      ) : null}
      <CodeBlock wrap title="The same with kubectl" code={kubectlDelete(reference, context)} />
      <p className={styles.small}>
        Sent with the uid seen here: a {props.one} made anew under this name is not touched.
      </p>
    </div>
  );
}
