'use client';
import type { ReactNode } from 'react';
import { Link } from '#components/ui/link.tsx';
import { routes } from '#lib/routes.ts';
import { ThemeSwitch } from './theme-switch.tsx';
import styles from './top-bar.module.css';

/** The bar over every page: brand, where you are (children), and on the right freshness, theme, who you are. */
export function TopBar(props: {
  readonly children?: ReactNode;
  readonly badge?: ReactNode;
  readonly user?: string;
  readonly menu?: ReactNode;
}) {
  return (
    <header className={styles.top}>
      {props.menu}
      <Link className={styles.brand} href={routes.home()} aria-label="Strata Console, all clusters">
        <svg viewBox="0 0 18 18" aria-hidden="true" className={styles.mark}>
          <path d="M2 4.500h8M5 9h11M2 13.500h8" />
        </svg>
        <span>Strata</span>
      </Link>
      {props.children}
      <span className={styles.spacer} />
      {props.badge}
      <ThemeSwitch />
      {props.user === undefined || props.user === '' ? null : (
        <span className={styles.who} title={`Signed in to the cluster as ${props.user}`}>
          <b aria-hidden="true">{props.user.slice(0, 1).toUpperCase()}</b>
          <span className={styles.whoName}>{props.user}</span>
        </span>
      )}
    </header>
  );
}
