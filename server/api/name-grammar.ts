/** Kubernetes' rules for the parts of an address, as strict as the API server's or stricter. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** DNS-1123 label: namespaces. */
export const isLabel = (text: string): boolean => LABEL.test(text);

/** DNS-1123 subdomain: API groups. */
export const isGroup = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((label) => LABEL.test(label));

/** DNS-1035 label: versions and the plural names of kinds begin with a letter. */
export const isVersion = (text: string): boolean => /^[a-z]/.test(text) && LABEL.test(text);
export const isResource = (text: string): boolean => isVersion(text);

/**
 * ValidatePathSegmentName of apimachinery ('.', '..', '/', '%' are out) and less: RBAC allows 'system:node', and
 * spaces and controls too, which no address of ours may hold.
 */
export const isObjectName = (text: string): boolean =>
  text.length <= 253 &&
  text !== '.' &&
  text !== '..' &&
  !/[/\\%;?#\p{C}\p{Z}]/u.test(text) &&
  text.isWellFormed();
