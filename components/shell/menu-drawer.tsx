'use client';
import { Drawer } from '@mantine/core';
import type { MouseEvent } from 'react';
import dialog from '#components/ui/overlay/dialog.module.css';
import { useFocusReturn } from '#components/ui/overlay/use-focus-return.ts';
import { NamespaceChoice, type NamespacePickerProps } from './namespace-picker.tsx';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import type { SidebarProps } from './sidebar-props.ts';

/** On a narrow screen: scope and kinds behind the menu button. Closes when a link is taken. */
export function MenuDrawer(props: {
  readonly opened: boolean;
  readonly picker: NamespacePickerProps;
  readonly sidebar: SidebarProps;
  readonly onClose: () => void;
}) {
  const { opened, onClose } = props;
  useFocusReturn(opened);
  const closeAtLink = (event: MouseEvent) => {
    if ((event.target as Element).closest('a[href]') !== null) onClose();
  };
  return (
    <Drawer.Root
      opened={opened}
      onClose={onClose}
      size={300}
      returnFocus={false}
      classNames={{ content: styles.drawer }}
    >
      <Drawer.Overlay className={dialog.scrim} />
      <Drawer.Content>
        <div className={styles.drawerHead}>
          <Drawer.Title className={styles.drawerTitle}>Menu</Drawer.Title>
          <Drawer.CloseButton aria-label="Close" />
        </div>
        <Drawer.Body className={styles.drawerBody} onClick={closeAtLink}>
          <h2 className={styles.drawerLabel}>Namespaces</h2>
          <NamespaceChoice {...props.picker} />
          <h2 className={styles.drawerLabel}>Kinds</h2>
          <Sidebar {...props.sidebar} rail={false} />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
