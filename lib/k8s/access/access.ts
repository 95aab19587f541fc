import type { ApiError, MissingRight } from '#lib/resources/api-error.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';

/**
 * What this identity may do, as the API server answers it (SelfSubjectAccessReview). Answers are kept ≤ 30 s; equal
 * questions under way are asked once; an error is a denial that is not kept (deny on doubt).
 */
export interface Access {
  /** SelfSubjectReview; null when the API server does not serve it. */
  user(): Promise<{ readonly name: string; readonly groups: readonly string[] } | null>;
  review(right: Right): Promise<Decision>;
  /**
   * Where a type may be listed and watched: cluster-wide if a review allows it, else those of the namespaces asked
   * for (or, when none is asked for, of the context's own namespace, as kubectl: `default` if it names none) that
   * allow it. Rejects with ApiException when that could not be asked: no answer is not a missing right.
   */
  scopeOf(type: ResourceType, namespaces: readonly string[]): Promise<Scope>;
}

export interface Right extends MissingRight {
  readonly subresource?: string;
  readonly name?: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** The API server's reason, or why it could not be asked. */
  readonly reason: string;
  /** Set when it could not be asked: denied on doubt. */
  readonly error?: ApiError;
}

export type Scope =
  | { readonly kind: 'cluster' }
  | {
      readonly kind: 'namespaces';
      readonly readable: readonly string[];
      readonly missing: readonly MissingRight[];
    };
