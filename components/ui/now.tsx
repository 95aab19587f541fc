'use client';
import { createContext, type ReactNode, useContext } from 'react';

const NowContext = createContext(0);

/** Gives everything that counts by itself the present time (ms since 1970, the cluster's); 0 while it is not known. */
export function NowProvider(props: { readonly nowMs: number; readonly children: ReactNode }) {
  return <NowContext value={props.nowMs}>{props.children}</NowContext>;
}

export function useNow(): number {
  return useContext(NowContext);
}
