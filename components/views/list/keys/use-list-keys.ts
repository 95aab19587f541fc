'use client';
import { type RefObject, useEffect } from 'react';

/**
 * Keys that work anywhere on a list's page but in a field or a dialog. Every one is named in keys-dialog.tsx.
 *
 *   /    to the filter
 *   ?    what the keys are
 *   esc  steps back one layer; `onBack` says what that is
 */
export function useListKeys(
  filterRef: RefObject<HTMLInputElement | null>,
  onHelp: () => void,
  onBack: () => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || isElsewhere(event))
        return;
      if (event.key === '/') {
        event.preventDefault();
        filterRef.current?.focus();
        filterRef.current?.select();
      }
      if (event.key === '?') onHelp();
      if (event.key === 'Escape') onBack();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [filterRef, onHelp, onBack]);
}

function isElsewhere({ target }: KeyboardEvent): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null
  );
}
