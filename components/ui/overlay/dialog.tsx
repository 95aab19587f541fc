'use client';
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './dialog.module.css';
import { useFocusReturn } from './use-focus-return.ts';

/** A question over the page, 560 px at most. The focus starts at what carries data-autofocus and returns afterwards. */
export function Dialog(props: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
}) {
  useFocusReturn(props.opened);
  // Mantine's own header would be a second banner of the page.
  return (
    <Modal.Root
      opened={props.opened}
      onClose={props.onClose}
      returnFocus={false}
      classNames={{ content: styles.dialog }}
    >
      <Modal.Overlay className={styles.scrim} />
      <Modal.Content>
        <div className={styles.head}>
          <Modal.Title className={styles.title}>{props.title}</Modal.Title>
          <Modal.CloseButton className={styles.close} aria-label="Close" />
        </div>
        <Modal.Body className={styles.body}>{props.children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
