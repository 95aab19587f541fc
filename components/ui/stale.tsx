'use client';
import { createContext, type ReactNode, useContext } from 'react';

const StaleContext = createContext(false);

/** Below it nothing may claim to be now: states say what they were. */
export function StaleRegion(props: { readonly stale: boolean; readonly children: ReactNode }) {
  return <StaleContext value={props.stale}>{props.children}</StaleContext>;
}

export function useStale(): boolean {
  return useContext(StaleContext);
}
