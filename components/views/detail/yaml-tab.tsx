'use client';
import dynamic from 'next/dynamic';
import styles from './detail-view.module.css';

const YamlView = dynamic(() => import('./yaml-view.tsx').then((module) => module.YamlView), {
  ssr: false,
  loading: () => <div className={styles.yamlBar}>Loading the YAML writer</div>,
});

/** The whole object as YAML; what writes it is loaded when first asked for. */
export function YamlTab(props: {
  readonly object: Readonly<Record<string, unknown>>;
  readonly className: string | undefined;
}) {
  return <YamlView object={props.object} className={props.className} />;
}
