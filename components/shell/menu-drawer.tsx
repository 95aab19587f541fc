'use client';
import { Drawer } from '@mantine/core';
import { usePathname, useSearchParams } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { NamespaceChoice, type NamespacePickerProps } from './namespace-picker.tsx';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import type { SidebarProps } from './sidebar-props.ts';

/** On a narrow screen: scope and kinds behind the menu button. Closes when it led somewhere. */
export function MenuDrawer(props: {
  readonly picker: NamespacePickerProps;
  readonly sidebar: SidebarProps;
  readonly onClose: () => void;
}) {
  const { onClose } = props;
  const place = `${usePathname()}?${useSearchParams().toString()}`;
  const opened = useRef(place);
  useEffect(() => {
    if (opened.current !== place) onClose();
  }, [place, onClose]);
  return (
    <Drawer
      opened
      onClose={onClose}
      title="Menu"
      size={300}
      classNames={{
        content: styles.drawer,
        header: styles.drawerHead,
        body: styles.drawerBody,
        title: styles.drawerTitle,
      }}
    >
      <h2 className={styles.drawerLabel}>Namespaces</h2>
      <NamespaceChoice {...props.picker} />
      <h2 className={styles.drawerLabel}>Kinds</h2>
      <Sidebar {...props.sidebar} rail={false} />
    </Drawer>
  );
}
