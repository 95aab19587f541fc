/** Accept and Content-Type, as the API server's negotiation treats them. */
import { ApiError } from './status.ts';

export interface Media {
  /** How the object is shown: itself, as a Table, or as its metadata only. */
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  isYaml: boolean;
}

const KNOWN = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const WATCHED = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';

interface Range {
  type: string;
  params: Record<string, string>;
}

function ranges(accept: string): Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...rest] = part.trim().split(';');
    const params: Record<string, string> = Object.create(null);
    for (const pair of rest) {
      const [key = '', value = ''] = pair.trim().split('=');
      params[key] = value;
    }
    return { type: type.trim().toLowerCase(), params };
  });
}

/** The first acceptable form. Protobuf is never chosen: whoever also takes JSON gets JSON, who does not gets 406. */
export function negotiate(accept: string | undefined): Media {
  const wanted = ranges(accept || '*/*');
  let isTransformRefused = false;
  for (const { type, params } of wanted) {
    const isYaml = type === 'application/yaml';
    if (!isYaml && !['application/json', '*/*', 'application/*'].includes(type)) continue;
    if (!params.as) return { as: 'object', isYaml };
    const { as, v, g } = params;
    if (
      g === 'meta.k8s.io' &&
      v === 'v1' &&
      (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
    ) {
      return { as, isYaml };
    }
    isTransformRefused = true;
  }
  if (isTransformRefused) {
    throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${KNOWN}`);
  }
  throw new ApiError(
    406,
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${KNOWN}, ${WATCHED}`,
    {},
  );
}

/** Whether a discovery request prefers the aggregated form, and in which version. */
export function wantsAggregatedDiscovery(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, params } of ranges(accept ?? '')) {
    if (type !== 'application/json') continue;
    if (params.as === undefined) return undefined;
    if (params.as === 'APIGroupDiscoveryList' && params.g === 'apidiscovery.k8s.io') {
      if (params.v === 'v2' || params.v === 'v2beta1') return params.v;
    }
  }
  return undefined;
}

export const mediaType = (contentType: string | undefined): string =>
  (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
