'use client';
import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import button from '#components/ui/button.module.css';
import { Glyph, type GlyphName } from '#components/ui/glyph.tsx';
import menu from '#components/ui/menu.module.css';

const CHOICES: readonly {
  readonly value: MantineColorScheme;
  readonly label: string;
  readonly glyph: GlyphName;
}[] = [
  { value: 'light', label: 'Light', glyph: 'sun' },
  { value: 'dark', label: 'Dark', glyph: 'moon' },
  { value: 'auto', label: 'As the system', glyph: 'system' },
];

export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const chosen = CHOICES.find((choice) => choice.value === colorScheme) ?? CHOICES[2];
  return (
    <Menu position="bottom-end" offset={4} classNames={menu}>
      <Menu.Target>
        <button
          type="button"
          className={`${button.button} ${button.icon} ${button.quiet}`}
          aria-label="Theme"
          title="Theme"
        >
          <Glyph name={chosen?.glyph ?? 'system'} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {CHOICES.map((choice) => (
          <Menu.Item
            key={choice.value}
            role="menuitemradio"
            aria-checked={choice.value === colorScheme}
            leftSection={<Glyph name={choice.glyph} />}
            onClick={() => setColorScheme(choice.value)}
          >
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
