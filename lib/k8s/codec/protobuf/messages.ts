import { readFileSync } from 'node:fs';

/**
 * One field of a message: JSON name, type, flags. Type: a protobuf scalar, or `#` and a message's name. Flags:
 * r repeated, m map with text keys, i inlined in JSON, o left out of JSON when zero, z left out when an all-zero struct.
 */
export type MessageField = readonly [name: string, type: string, flags: string];
/** Message → field number → field, as the published API says (read-messages.ts). */
export type Messages = Readonly<Record<string, Readonly<Record<string, MessageField>>>>;

export function readMessages(): Messages {
  return JSON.parse(readFileSync(new URL('./messages.json', import.meta.url), 'utf8')) as Messages;
}

/** Groups whose folder in the published API has another name than the group's first word. */
const FOLDERS: Readonly<Record<string, string>> = {
  '': 'api.core',
  'apiextensions.k8s.io': 'apiextensions_apiserver.pkg.apis.apiextensions',
};

/** The message of a built-in kind; undefined for all others. */
export function messageOf(
  messages: Messages,
  type: { readonly group: string; readonly version: string; readonly kind: string; readonly custom: boolean },
): string | undefined {
  if (type.custom) return undefined;
  const folder = FOLDERS[type.group] ?? `api.${type.group.split('.')[0]}`;
  const name = `${folder}.${type.version}.${type.kind}`;
  return Object.hasOwn(messages, name) ? name : undefined;
}
