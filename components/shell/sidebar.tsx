'use client';
import { useMemo, useState } from 'react';
import { type FamilySection, familySections, holds } from '#components/resources/families.ts';
import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import { Placeholder } from '#components/ui/placeholder.tsx';
import { routes } from '#lib/routes.ts';
import { RailSection } from './rail-section.tsx';
import styles from './sidebar.module.css';
import type { SidebarProps } from './sidebar-props.ts';

export const CONSOLE_VERSION = '0.1.0';
/** The page's place in the address, where kinds stand. */
export const ABOUT = 'about';

/** What this cluster serves, in families. As a rail (861 to 1180 px) each family opens a menu. */
export function Sidebar(props: SidebarProps) {
  const { live, current } = props;
  const sections = useMemo(() => familySections(live.types ?? []), [live.types]);
  const [toggled, setToggled] = useState<Readonly<Record<string, boolean>>>({ workloads: true });
  return (
    <nav className={styles.side} aria-label="Kinds">
      <ul className={styles.list}>
        {live.types === null && live.refused === null ? <Waiting /> : null}
        {sections.map((section) => {
          if (props.rail && !section.single) {
            return <RailSection key={section.id} section={section} {...props} />;
          }
          const open = toggled[section.id] ?? holds(section, current);
          return (
            <Section
              key={section.id}
              {...props}
              section={section}
              open={open}
              onToggle={() => setToggled({ ...toggled, [section.id]: !open })}
            />
          );
        })}
        {live.missingGroups.length === 0 ? null : (
          <li className={styles.missing} title={live.missingGroups.join(', ')}>
            <Glyph name="unknown" small />
            <span>
              {live.missingGroups.length === 1 ? '1 group' : `${live.missingGroups.length} groups`} not
              answering
            </span>
          </li>
        )}
      </ul>
      <Foot {...props} />
    </nav>
  );
}

/** What is at work here: the versions, and the way to the console's own figures. */
function Foot(props: SidebarProps) {
  const { cluster } = props;
  const { version } = props.live;
  return (
    <div className={styles.foot}>
      {version === null ? null : <div className={styles.label}>Kubernetes {version.replace(/^v/, '')}</div>}
      <Link
        className={styles.about}
        href={routes.about(cluster)}
        aria-current={props.current === ABOUT ? 'page' : undefined}
        aria-label={`Strata Console ${CONSOLE_VERSION}, about this console`}
        title="About this console"
      >
        <Glyph name="info" />
        <span>Strata Console {CONSOLE_VERSION}</span>
      </Link>
    </div>
  );
}

function Section(
  props: SidebarProps & {
    readonly section: FamilySection;
    readonly open: boolean;
    readonly onToggle: () => void;
  },
) {
  const { section, cluster, namespaces, current } = props;
  const only = section.single ? section.groups[0]?.items[0] : undefined;
  const apart = section.apart ? styles.apart : undefined;
  if (only !== undefined) {
    return (
      <li className={apart}>
        <Link
          className={styles.item}
          href={routes.kind(cluster, only.resource, namespaces)}
          aria-current={only.resource === current ? 'page' : undefined}
          title={props.rail ? section.label : undefined}
        >
          <Glyph name={section.glyph} />
          <span className={styles.label}>{section.label}</span>
        </Link>
      </li>
    );
  }
  return (
    <li className={apart}>
      <button type="button" className={styles.item} aria-expanded={props.open} onClick={props.onToggle}>
        <Glyph name={section.glyph} />
        <span className={styles.label}>{section.label}</span>
        <Glyph name={props.open ? 'down' : 'right'} small className={styles.chevron} />
      </button>
      {props.open ? <Kinds {...props} /> : null}
    </li>
  );
}

function Kinds(props: SidebarProps & { readonly section: FamilySection }) {
  const { section, cluster, namespaces, current } = props;
  return section.groups.map((group) => (
    <div key={group.label}>
      {group.label === '' ? null : (
        <div className={styles.group} title={group.label}>
          {group.label}
        </div>
      )}
      <ul aria-label={group.label === '' ? section.label : group.label}>
        {group.items.map((item) => (
          <li key={item.resource}>
            <Link
              className={`${styles.item} ${styles.sub}`}
              href={routes.kind(cluster, item.resource, namespaces)}
              aria-current={item.resource === current ? 'page' : undefined}
              title={item.label.length > 18 ? item.label : undefined}
            >
              <span className={styles.label}>{item.label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ));
}

function Waiting() {
  return [92, 64, 110, 80, 96].map((widthPx) => (
    <li key={widthPx} className={styles.waiting}>
      <Placeholder widthPx={widthPx} />
    </li>
  ));
}
