'use client';
import { Age } from '#components/table/age.tsx';
import { Glyph } from '#components/ui/glyph.tsx';
import { Section } from '#components/ui/section.tsx';
import { useStale } from '#components/ui/stale.tsx';
import state from '#components/ui/state.module.css';
import text from '#components/ui/text.module.css';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, conditionsOf } from '#lib/resources/read.ts';
import { conditionLook } from '../condition-look.ts';
import styles from './detail.module.css';

/** status.conditions with since when; where they cannot be read, that is said. */
export function Conditions(props: { readonly object: PartialObject }) {
  const isStale = useStale();
  const raw = at(props.object.fields, 'status', 'conditions');
  const byType = new Map(conditionsOf(props.object.fields).map((condition) => [condition.type, condition]));
  const conditions = [...byType.values()];
  if (raw === undefined) return null;
  return (
    <Section title="Conditions">
      {conditions.length === 0 ? (
        <p className={text.t2}>
          {Array.isArray(raw) ? 'None reported.' : 'Not readable: status.conditions is no list. See YAML.'}
        </p>
      ) : (
        <ul className={styles.conditions}>
          {conditions.map((condition) => {
            const look = isStale
              ? { ...conditionLook(condition), level: 'unknown' as const }
              : conditionLook(condition);
            return (
              <li key={condition.type} title={condition.message || undefined}>
                <span className={state[look.level] ?? undefined}>
                  <Glyph name={look.level === 'none' ? 'info' : look.level} className={state.glyph} />
                </span>
                <span className={styles.conditionWords}>
                  {look.words}
                  {look.level === 'warning' && condition.message !== '' ? (
                    <span className={styles.message}>{condition.message}</span>
                  ) : null}
                </span>
                <span className={styles.since}>
                  {condition.sinceMs === 0 ? '' : <Age atMs={condition.sinceMs} />}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
