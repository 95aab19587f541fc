'use client';
import { type ComponentProps, type MouseEvent, useContext } from 'react';
import { AddressContext } from './address/address-provider.tsx';

/** A link inside the console. Nothing is fetched before it is followed: a list shows hundreds, and a page is small. */
export function Link({ href, onClick, ...props }: ComponentProps<'a'> & { readonly href: string }) {
  const address = useContext(AddressContext);
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (address === null || event.defaultPrevented || isForBrowser(event)) return;
    event.preventDefault();
    address.go(href);
  };
  return <a href={href} {...props} onClick={follow} />;
}

/** A new tab, a new window, a download. */
const isForBrowser = (event: MouseEvent): boolean =>
  event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
