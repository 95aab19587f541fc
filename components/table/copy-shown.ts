import type { ClipboardEvent } from 'react';

/** What is shown is what is copied: the focused cell, or the focused row with tabs between its cells. Text that was selected goes first. */
export function copyShown(event: ClipboardEvent<HTMLElement>): void {
  const { target } = event;
  if (!(target instanceof Element) || getSelection()?.isCollapsed === false) return;
  const cell = target.closest<HTMLElement>('[role="gridcell"]');
  const cells = target
    .closest('[role="row"]')
    ?.querySelectorAll<HTMLElement>('[role="gridcell"]:not([data-mark])');
  const text = cell === null ? [...(cells ?? [])].map(textOf).join('\t') : textOf(cell);
  if (text === '') return;
  event.preventDefault();
  event.clipboardData.setData('text/plain', text);
}

const textOf = (element: HTMLElement): string => element.innerText.replaceAll(/\s+/g, ' ').trim();
