'use client';
import { useCallback, useMemo, useSyncExternalStore } from 'react';

/**
 * Something this browser remembers, the same in every tab. `parse` is given whatever JSON stands there (undefined when
 * nothing does, or nothing readable): it may be of another version, or of anybody. The writer answers false where the
 * browser keeps nothing.
 */
export function useStored<T>(key: string, parse: (json: unknown) => T): [T, (next: T) => boolean] {
  const text = useSyncExternalStore(subscribe, () => read(key), nothing);
  const value = useMemo(() => parse(jsonOf(text)), [text, parse]);
  const write = useCallback(
    (next: T): boolean => {
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        return false;
      }
      // Other tabs hear it from the browser, this one does not.
      window.dispatchEvent(new StorageEvent('storage', { key }));
      return true;
    },
    [key],
  );
  return [value, write];
}

const nothing = (): null => null;

function subscribe(listener: () => void): () => void {
  window.addEventListener('storage', listener);
  return () => window.removeEventListener('storage', listener);
}

/** Storage that may not be used throws. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
