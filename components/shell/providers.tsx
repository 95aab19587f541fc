'use client';
import { MantineProvider, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useLayoutEffect } from 'react';
import { AddressProvider } from '#components/ui/address/address-provider.tsx';
import { LiveProvider } from '#lib/live/live-provider.tsx';
import { cssVariables, theme } from './theme.ts';

/** Everything a page stands in: theme, address and the tab's socket. */
export function Providers(props: {
  readonly nonce: string;
  readonly question: string;
  readonly children: ReactNode;
}) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => props.nonce}
      withGlobalClasses={false}
    >
      <ThemeAttribute />
      <LiveProvider>
        <AddressProvider question={props.question}>{props.children}</AddressProvider>
      </LiveProvider>
    </MantineProvider>
  );
}

/** data-theme beside Mantine's attribute; absent while the system decides (see tokens.css). */
function ThemeAttribute() {
  const { colorScheme } = useMantineColorScheme();
  useLayoutEffect(() => {
    const root = document.documentElement;
    if (colorScheme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', colorScheme);
  }, [colorScheme]);
  return null;
}
