import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Mantine in the look's own values; the colours come from tokens.css, which knows both themes. */
export const theme = createTheme({
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  primaryColor: 'lapis',
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.22,
  colors: {
    lapis: [
      '#eceefb',
      '#d9ddf8',
      '#bcc3f3',
      '#aab3ff',
      '#9aa5ff',
      '#7884f0',
      '#5965d8',
      '#4350cd',
      '#3340c4',
      '#27319a',
    ],
  },
  defaultRadius: 4,
  radius: { xs: '2px', sm: '4px', md: '6px' },
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '16px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  components: {
    // The page itself never scrolls, and the scroll lock writes a style element that the policy refuses.
    ModalRoot: {
      defaultProps: {
        lockScroll: false,
        size: 560,
        transitionProps: { duration: 160 },
      },
    },
    DrawerRoot: { defaultProps: { lockScroll: false, transitionProps: { duration: 160 } } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-body': 'var(--surface-1)',
    '--mantine-color-text': 'var(--text-1)',
    '--mantine-color-dimmed': 'var(--text-3)',
    '--mantine-color-default-border': 'var(--line-3)',
    '--mantine-color-default-hover': 'var(--surface-hover)',
    '--mantine-color-error': 'var(--failed)',
    '--mantine-color-placeholder': 'var(--text-3)',
  },
  light: {},
  dark: {},
});
