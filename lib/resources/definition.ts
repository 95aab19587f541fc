import type { Cell, State } from './cell.ts';
import type { ResourceName } from './resource-type.ts';

/**
 * What a kind means: wanted fields → partial object → one pure projection → cells. The machine (codec, store,
 * query, table) knows no kind; a new kind is one file that exports a ResourceDefinition and one line in registry.ts.
 */
export interface ResourceDefinition {
  readonly name: ResourceName;
  readonly kind: string;
  /**
   * Dotted paths the codec keeps beside metadata ('spec.nodeName', 'status.containerStatuses.state'); arrays are
   * passed through, a path keeps everything below it. What is not named here never reaches memory.
   */
  readonly wanted: readonly string[];
  readonly columns: readonly Column[];
  /** Default sort; state columns sort worst first. */
  readonly sort: { readonly column: string; readonly descending: boolean };
  /**
   * One cell a column, in the order of `columns`. Pure, without a clock (ages are instants), and total: objects
   * may have any shape (a status that is a string), a cell that cannot be read is { unknown }, never an exception.
   */
  project(object: PartialObject): readonly Cell[];
  /** The state a header shows, in the same words as the state column; null for kinds that have none of their own. */
  stateOf(object: PartialObject): State | null;
}

export interface Column {
  readonly id: string;
  /** Sentence case: 'Restarts'. */
  readonly label: string;
  readonly type: 'text' | 'number' | 'time' | 'state' | 'list' | 'quantity' | 'code';
  readonly source: 'projected' | 'joined' | 'sampled';
  readonly sortable: boolean;
  /** Offered as a facet with counts: of a state column its level, of others the value. */
  readonly facet: boolean;
  readonly unit?: string;
  /** Numbers stand right by themselves; this puts words there too ('3/4'). */
  readonly align?: 'right';
  /** Searched by the text filter. */
  readonly searched?: boolean;
  /** 1 always, 2 leaves below 1180 px, 3 only in a chooser. 0 is never drawn (for rules and joins). */
  readonly priority: 0 | 1 | 2 | 3;
  /** The cell names an object of this kind: drawn as a link. */
  readonly link?: ResourceName;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}

/** The part of metadata every row has; the codec guarantees these types whatever the API server sent. */
export interface PartialMetadata {
  readonly name: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** ms since 1970; 0 when missing or malformed. */
  readonly createdMs: number;
  /** ms since 1970 when deletion was asked for; 0 when not. */
  readonly deletedMs: number;
  readonly deletionGraceSeconds: number;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  /** From managedFields, which are then dropped. */
  readonly lastChange: { readonly manager: string; readonly atMs: number } | null;
}

/**
 * The wanted fields of one object. `spec`, `status` and the rest are whatever JSON they were: definitions read them
 * through lib/resources/read.ts, which never throws. Dictionaries have no prototype.
 */
export interface PartialObject {
  readonly metadata: PartialMetadata;
  /** Wanted fields below their top-level names: { spec: …, status: …, data: … }. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Rows of the API server's Table bring their cells along; null for kinds with a definition. */
  readonly tableCells: readonly unknown[] | null;
}
