'use client';
import { useEffect, useState } from 'react';

/**
 * Gives the focus back to what had it when this was mounted, once `opened` is false. Mantine does so only for dialogs
 * that were mounted closed; ours are loaded when first asked for.
 */
export function useFocusReturn(opened: boolean): void {
  const [before] = useState(() => (typeof document === 'undefined' ? null : document.activeElement));
  useEffect(() => {
    if (!opened && before instanceof HTMLElement && before.isConnected) before.focus();
  }, [opened, before]);
}
