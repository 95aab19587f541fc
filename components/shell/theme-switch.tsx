'use client';
import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import button from '#components/ui/button.module.css';
import { Glyph, type GlyphName } from '#components/ui/glyph.tsx';
import menu from '#components/ui/overlay/popover.module.css';
import { Popover } from '#components/ui/overlay/popover.tsx';

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
  // Mantine silences transitions through innerHTML, which the policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  // The server does not know the stored choice: what it drew is drawn once more before the choice is shown.
  const isMounted = useMounted();
  const chosen = CHOICES.find((choice) => isMounted && choice.value === colorScheme);
  return (
    <Popover
      role="menu"
      place="end"
      widthPx={160}
      label="Theme"
      buttonLabel="Theme"
      title="Theme"
      buttonClassName={`${button.button} ${button.icon} ${button.quiet}`}
      face={<Glyph name={chosen?.glyph ?? 'system'} />}
    >
      {CHOICES.map((choice) => (
        <button
          key={choice.value}
          type="button"
          role="menuitemradio"
          className={menu.item}
          aria-checked={choice.value === colorScheme}
          onClick={() => setColorScheme(choice.value)}
        >
          <Glyph name={choice.glyph} />
          {choice.label}
        </button>
      ))}
    </Popover>
  );
}
