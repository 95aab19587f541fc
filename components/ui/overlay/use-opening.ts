'use client';
import { useCallback, useMemo, useState } from 'react';

/** A dialog that is loaded when first asked for. It stays after closing, so that the focus can return; each opening is a new one. */
export interface Opening {
  /** 0: never asked for. The key of what is opened. */
  readonly count: number;
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

export function useOpening(): Opening {
  const [{ count, isOpen }, set] = useState({ count: 0, isOpen: false });
  const open = useCallback(() => set((before) => ({ count: before.count + 1, isOpen: true })), []);
  const close = useCallback(() => set((before) => ({ ...before, isOpen: false })), []);
  return useMemo(() => ({ count, isOpen, open, close }), [count, isOpen, open, close]);
}
