'use client';
import { useMemo } from 'react';
import { stringify } from 'yaml';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { ScrollRegion } from '#components/ui/scroll-region.tsx';
import { formatPlural } from '#lib/format/number.ts';
import { isDictionary } from '#lib/resources/read.ts';
import styles from './detail-view.module.css';

/** Read only. Secret values came masked; managedFields are left out. */
export function YamlView(props: {
  readonly object: Readonly<Record<string, unknown>>;
  readonly className: string | undefined;
}) {
  const yaml = useMemo(() => yamlOf(props.object), [props.object]);
  const lines = yaml.split('\n').length - 1;
  return (
    <>
      <div className={styles.yamlBar}>
        <span>{formatPlural(lines, 'line')}, read only, without managedFields</span>
        <span className={styles.push} />
        <CopyButton text={yaml}>Copy YAML</CopyButton>
      </div>
      <ScrollRegion className={`${styles.panel} ${props.className ?? ''}`} label="YAML">
        <div className={styles.yaml}>
          <pre className={styles.numbers} aria-hidden="true">
            {Array.from({ length: lines }, (_, line) => line + 1).join('\n')}
          </pre>
          <pre className={styles.code}>{yaml}</pre>
        </div>
      </ScrollRegion>
    </>
  );
}

export function yamlOf(object: Readonly<Record<string, unknown>>): string {
  const { metadata } = object;
  const shown = isDictionary(metadata)
    ? {
        ...object,
        metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'managedFields')),
      }
    : object;
  return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false });
}
