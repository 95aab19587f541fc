import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './mantine.css';
import './globals.css';
import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { InlineScript } from '#components/shell/inline-script.tsx';
import { Providers } from '#components/shell/providers.tsx';
import { THEME_SCRIPT } from './theme-script.ts';
import { TRUSTED_TYPES_SCRIPT } from './trusted-types.ts';

export const metadata: Metadata = { title: { default: 'Strata Console', template: '%s · Strata Console' } };
export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

/** Rendered per request, for the nonce and the question; carries no cluster data. The policy script stands before any other. */
export default async function RootLayout(props: { readonly children: ReactNode }) {
  const given = await headers();
  const nonce = given.get('x-nonce') ?? '';
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <InlineScript nonce={nonce} text={TRUSTED_TYPES_SCRIPT} />
        <ColorSchemeScript nonce={nonce} suppressHydrationWarning defaultColorScheme="auto" />
        <InlineScript nonce={nonce} text={THEME_SCRIPT} />
      </head>
      <body>
        <Providers nonce={nonce} question={given.get('x-question') ?? ''}>
          {props.children}
        </Providers>
      </body>
    </html>
  );
}
