import { type Dictionary, isDictionary } from '../read.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Not base64, on purpose: a masked Secret that is sent back is refused by the API server, never stored. */
const HIDDEN = '••••••';

/**
 * A Secret without its values: keys and sizes stay, so that people see what is there. kubectl's last-applied copy
 * holds the values in plain sight and is hidden too. Values of any shape are hidden: what cannot be understood is not
 * shown. The only way from a Secret's values to a viewer; the argument is not changed.
 */
export function maskSecret(object: Dictionary): Dictionary {
  const copy = Object.assign(Object.create(null), object) as Record<string, unknown>;
  if (Object.hasOwn(object, 'data')) copy.data = masked(object.data, base64Bytes);
  if (Object.hasOwn(object, 'stringData')) copy.stringData = masked(object.stringData, textBytes);
  const { metadata } = object;
  if (isDictionary(metadata) && isDictionary(metadata.annotations)) {
    copy.metadata = { ...metadata, annotations: withoutCopy(metadata.annotations) };
  }
  return copy;
}

function masked(values: unknown, bytesOf: (text: string) => number): unknown {
  if (values === null || values === undefined) return values;
  if (!isDictionary(values)) return HIDDEN;
  const mask: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(values)) {
    mask[key] = typeof value === 'string' ? `${HIDDEN} (${bytesOf(value)} bytes)` : HIDDEN;
  }
  return mask;
}

function withoutCopy(annotations: Dictionary): Dictionary {
  if (!Object.hasOwn(annotations, LAST_APPLIED)) return annotations;
  const copy = Object.assign(Object.create(null), annotations) as Record<string, unknown>;
  copy[LAST_APPLIED] = HIDDEN;
  return copy;
}

function base64Bytes(text: string): number {
  return Math.floor((text.replace(/[^A-Za-z0-9+/]/g, '').length * 3) / 4);
}

/** UTF-8 length without an encoder, which a pure room has not. */
function textBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
