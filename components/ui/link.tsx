import NextLink from 'next/link';
import type { ComponentProps } from 'react';

/** A link inside the console. Never prefetched: a list shows hundreds, and a shell is small. */
export function Link(props: Omit<ComponentProps<typeof NextLink>, 'prefetch'>) {
  return <NextLink prefetch={false} {...props} />;
}
