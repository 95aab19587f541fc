import type { ReactNode } from 'react';

/** A part that scrolls by itself, named and reachable by keyboard; a group, so that it is no landmark of its own. */
export function ScrollRegion(props: {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex lint/a11y/useSemanticElements: what scrolls must be reachable by keyboard
    <div role="group" className={props.className} aria-label={props.label} tabIndex={0}>
      {props.children}
    </div>
  );
}
