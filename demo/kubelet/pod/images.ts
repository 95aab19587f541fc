/** What the kubelet and containerd say of images. Pure. */

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/)?';
const NAME = new RegExp(
  `^${HOST}${PART}(?:/${PART})*(?::[\\w][\\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$`,
);

/** Whether containerd could read it (distribution/reference, normalised names). */
export const isImageName = (image: string): boolean => NAME.test(image);

export const invalidName = (image: string): string =>
  `Failed to apply default image tag ${JSON.stringify(image)}: couldn't parse image name ${JSON.stringify(image)}: invalid reference format`;

export const neverPulled = (image: string): string =>
  `Container image ${JSON.stringify(image)} is not present with pull policy of Never`;

/** The image as containerd names it in full. */
function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (hasHost) return image;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
}

/** What containerd says of an image that is not there. */
export const pullError = (image: string): string => {
  const full = fullName(image);
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
};

export const pullBackOff = (image: string): string =>
  `Back-off pulling image "${image}": ErrImagePull: ${pullError(image)}`;

export const alreadyPresent = (image: string): string =>
  `Container image "${image}" already present on machine and can be accessed by the pod`;

export const pulled = (image: string, ms: number): string => {
  const took = ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`;
  return `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: 48193024 bytes.`;
};
