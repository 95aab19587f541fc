'use client';
import { Menu } from '@mantine/core';
import { Fragment } from 'react';
import { type FamilySection, holds } from '#components/resources/families.ts';
import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import menu from '#components/ui/menu.module.css';
import { routes } from '#lib/routes.ts';
import styles from './sidebar.module.css';

import type { SidebarProps } from './sidebar-props.ts';

/** A family on the rail: its glyph, and its kinds in a menu beside it. */
export function RailSection(props: SidebarProps & { readonly section: FamilySection }) {
  const { section, cluster, namespaces, current } = props;
  return (
    <li className={section.apart ? styles.apart : undefined}>
      <Menu position="right-start" offset={6} classNames={menu} withinPortal>
        <Menu.Target>
          <button
            type="button"
            className={`${styles.item} ${holds(section, current) ? styles.current : ''}`}
            aria-label={section.label}
            title={section.label}
          >
            <Glyph name={section.glyph} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {section.groups.map((group) => (
            <Fragment key={group.label}>
              <Menu.Label>{group.label === '' ? section.label : group.label}</Menu.Label>
              {group.items.map((item) => (
                <Menu.Item
                  key={item.resource}
                  component={Link}
                  href={routes.kind(cluster, item.resource, namespaces)}
                  aria-current={item.resource === current ? 'page' : undefined}
                >
                  {item.label}
                </Menu.Item>
              ))}
            </Fragment>
          ))}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
