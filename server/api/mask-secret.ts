import { isDictionary } from '#lib/resources/read.ts';

/**
 * Not base64, on purpose: a masked Secret that is sent back is refused by the API server, never stored.
 */
export const MASK = '••••••••';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The Secret without its values: keys stay, so that people see what is there. kubectl's last-applied copy goes too. */
export function maskSecret(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { metadata } = object;
  return {
    ...object,
    ...('data' in object ? { data: masked(object.data) } : {}),
    ...('stringData' in object ? { stringData: masked(object.stringData) } : {}),
    ...(isDictionary(metadata) && isDictionary(metadata.annotations)
      ? { metadata: { ...metadata, annotations: withoutCopy(metadata.annotations) } }
      : {}),
  };
}

/** Values of any shape are hidden: what cannot be understood is not shown. */
function masked(values: unknown): unknown {
  if (values === null || values === undefined) return values;
  return isDictionary(values) ? Object.fromEntries(Object.keys(values).map((key) => [key, MASK])) : MASK;
}

function withoutCopy(annotations: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key, key === LAST_APPLIED ? MASK : value]),
  );
}
