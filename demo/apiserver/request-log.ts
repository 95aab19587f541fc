/** What was asked of the server since the log was last cleared: for tests that must prove what did not arrive. */
export interface LoggedRequest {
  atMs: number;
  method: string;
  /** Path and query as they came. */
  url: string;
  user: string;
  headerNames: string[];
  code: number | undefined;
}

/** Ten thousand of the longest URLs Node takes would be 160 MB. */
const MAX_URL = 2_048;

export class RequestLog {
  readonly #limit: number;
  #entries: LoggedRequest[] = [];
  #total = 0;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  add(entry: LoggedRequest): LoggedRequest {
    this.#total += 1;
    entry.url = entry.url.slice(0, MAX_URL);
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries = this.#entries.slice(-Math.ceil(this.#limit / 2));
    return entry;
  }

  list(): LoggedRequest[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}
