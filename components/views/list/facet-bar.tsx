'use client';
import chip from '#components/ui/chip.module.css';
import { FacetButton } from '#components/ui/chip.tsx';
import { Glyph } from '#components/ui/glyph.tsx';
import { Popover } from '#components/ui/overlay/popover.tsx';
import { StaleRegion } from '#components/ui/stale.tsx';
import { StateWord } from '#components/ui/state.tsx';
import { formatCount } from '#lib/format/number.ts';
import type { LiveTable } from '#lib/live/live-client.ts';
import { useFreshTone } from '#lib/live/use-freshness.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { stateFacets, toggleFacet, type ValueFacet, valueFacets } from './facets.ts';
import styles from './filter-bar.module.css';
import type { ListSpec } from './use-list-spec.ts';

/** States first, a rule, then the other facet columns. Counts are those after all other filters, and grey when the rows are. */
export function FacetBar(props: {
  readonly columns: readonly Column[];
  readonly table: LiveTable;
  readonly spec: QuerySpec;
  readonly change: ListSpec['change'];
  readonly words: string;
}) {
  const { columns, table, spec, change } = props;
  const { counts } = table;
  const isStale = useFreshTone(spec.cluster, table) === 'stale';
  const states = stateFacets(columns, counts, spec);
  const values = valueFacets(columns, counts, spec);
  if (states.length === 0 && values.length === 0) return null;
  const toggle = (column: string, value: string) =>
    change({ facets: toggleFacet(spec.facets, column, value) });
  return (
    <fieldset
      className={`${styles.facets} ${styles.plain} ${isStale ? styles.stale : ''}`}
      aria-label={`Facets of ${props.words}`}
    >
      <StaleRegion stale={isStale}>
        {states.map((state) => (
          <FacetButton
            key={state.level}
            count={formatCount(state.count)}
            pressed={state.pressed}
            onToggle={() => toggle(state.column, state.level)}
          >
            <StateWord state={{ level: state.level, words: state.words }} />
          </FacetButton>
        ))}
      </StaleRegion>
      {states.length > 0 && values.length > 0 ? <span className={styles.rule} /> : null}
      {values.map((facet) => (
        <ValueFacetButton
          key={facet.column}
          facet={facet}
          onToggle={(value) => toggle(facet.column, value)}
        />
      ))}
    </fieldset>
  );
}

/** A column's values behind one button; those pressed stand beside it. */
function ValueFacetButton(props: ValueFacetProps) {
  const { facet, onToggle } = props;
  return (
    <>
      {facet.values
        .filter((item) => item.pressed)
        .map((item) => (
          <FacetButton
            key={item.value}
            pressed
            count={formatCount(item.count)}
            onToggle={() => onToggle(item.value)}
          >
            {valueWords(item.value)}
          </FacetButton>
        ))}
      <Popover
        role="dialog"
        label={facet.label}
        buttonClassName={chip.facet}
        face={
          <>
            {facet.label}
            <b className={chip.count}>{formatCount(facet.values.length)}</b>
            <Glyph name="down" small />
          </>
        }
      >
        <FacetValues {...props} />
      </Popover>
    </>
  );
}

interface ValueFacetProps {
  readonly facet: ValueFacet;
  readonly onToggle: (value: string) => void;
}

function FacetValues(props: ValueFacetProps) {
  return (
    <div className={styles.options}>
      {props.facet.values.map((item) => (
        <label key={item.value} className={styles.option}>
          <input type="checkbox" checked={item.pressed} onChange={() => props.onToggle(item.value)} />
          <span className={styles.value}>{valueWords(item.value)}</span>
          <span className={styles.count}>{formatCount(item.count)}</span>
        </label>
      ))}
    </div>
  );
}

function valueWords(value: string): string {
  return value === '' ? 'none' : value;
}
