/**
 * How a route handler reaches the console server that runs in the same process. Next bundles handlers into a module
 * graph of its own, so the two meet at one global; both sides compile against this file.
 */
export const CONSOLE_SYMBOL = 'strata-console';

export interface ConsoleApi {
  /** One object: read, created, changed or deleted (…/api/clusters/CLUSTER/api/v1/…). Never rejects. */
  object(request: Request): Promise<Response>;
  /** Whether this identity may do something (…/api/clusters/CLUSTER/access?verb=…). Never rejects. */
  access(request: Request): Promise<Response>;
  /** All rows of a question, streamed (…/api/clusters/CLUSTER/export?…). Never rejects. */
  export(request: Request): Promise<Response>;
}
