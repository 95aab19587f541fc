'use client';
import { usePathname, useRouter } from 'next/navigation';
import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { Address } from './address.ts';

/** null where nothing leads on within the console: there a link loads a document. */
export const AddressContext = createContext<Address | null>(null);

/** One for the whole console. `question` is that of the document, as the server got it. */
export function AddressProvider(props: { readonly question: string; readonly children: ReactNode }) {
  const router = useRouter();
  const [address] = useState(() => new Address(props.question, (path, how) => router[how](path)));
  const path = usePathname();
  useLayoutEffect(() => address.attach(), [address]);
  useLayoutEffect(() => address.showPage(path), [address, path]);
  return <AddressContext value={address}>{props.children}</AddressContext>;
}

export function useAddress(): Address {
  const address = useContext(AddressContext);
  if (address === null) throw new Error('AddressProvider is missing');
  return address;
}

/** What the address asks of this page: 'ns=a&sort=-age', or ''. */
export function useQuestion(): string {
  const address = useAddress();
  const path = usePathname();
  return useSyncExternalStore(
    address.subscribe,
    () => address.questionOf(path),
    () => address.first,
  );
}
