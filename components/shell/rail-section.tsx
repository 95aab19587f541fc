'use client';
import { Fragment } from 'react';
import { type FamilySection, holds } from '#components/resources/families.ts';
import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import menu from '#components/ui/overlay/popover.module.css';
import { Popover } from '#components/ui/overlay/popover.tsx';
import { routes } from '#lib/routes.ts';
import styles from './sidebar.module.css';
import type { SidebarProps } from './sidebar-props.ts';

/** A family on the rail: its glyph, and its kinds in a menu beside it. */
export function RailSection(props: SidebarProps & { readonly section: FamilySection }) {
  const { section, cluster, namespaces, current } = props;
  return (
    <li className={section.apart ? styles.apart : undefined}>
      <Popover
        role="menu"
        place="beside"
        label={section.label}
        buttonLabel={section.label}
        title={section.label}
        buttonClassName={`${styles.item} ${holds(section, current) ? styles.current : ''}`}
        face={<Glyph name={section.glyph} />}
      >
        {section.groups.map((group) => (
          <Fragment key={group.label}>
            <div className={menu.label} role="presentation">
              {group.label === '' ? section.label : group.label}
            </div>
            {group.items.map((item) => (
              <Link
                key={item.resource}
                role="menuitem"
                className={menu.item}
                href={routes.kind(cluster, item.resource, namespaces)}
                aria-current={item.resource === current ? 'page' : undefined}
              >
                {item.label}
              </Link>
            ))}
          </Fragment>
        ))}
      </Popover>
    </li>
  );
}
