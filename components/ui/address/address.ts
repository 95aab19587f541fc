type How = 'push' | 'replace';

/**
 * The address has two owners. Its path is Next's, which fetches and shows pages. The question behind it (?ns=a&sort=-age)
 * is the console's own: no page is made from it (server/next-pages.ts hides it there), so Next is told neither of a new
 * question nor of a step among the questions of the page it shows, and no late answer of its can undo one.
 *
 *   shown   the path of the page that is there
 *   wanted  the whole address of another page, which Next is to bring: told the path alone by a link, all by a step. null
 *           when it is there; until then Next hears of every step and question, and gives up what it was to bring before
 */
export class Address {
  /** What the document came with, until now. */
  readonly first: string;
  #shown = '';
  #wanted: URL | null = null;
  #question: string;
  readonly #send: (path: string, how: How) => void;
  readonly #listeners = new Set<() => void>();

  /** `send` has Next go to a path. */
  constructor(question: string, send: (path: string, how: How) => void) {
    this.first = normal(question);
    this.#question = this.first;
    this.#send = send;
  }

  /** What the page at `path` is asked, also when it is not in the address yet, or not any more. */
  questionOf(path: string): string {
    if (path === this.#shown) return this.#question;
    const its = [location, this.#wanted].find((one) => one?.pathname === path);
    return normal(its?.search ?? '');
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Next has put a page in place. */
  showPage(path: string): void {
    this.#question = this.questionOf(path);
    this.#shown = path;
    this.#read();
  }

  /** Goes to an address of the console: another question of this page at once, another page by way of Next. */
  readonly go = (url: string, how: How = 'push'): void => {
    const to = new URL(url, location.href);
    if (to.pathname !== location.pathname) {
      this.#wanted = to;
      this.#send(to.pathname, how);
      return;
    }
    if (to.href !== location.href) {
      // Not by the window's own functions, which tell Next. What Next keeps in an entry goes along.
      const write = how === 'push' ? History.prototype.pushState : History.prototype.replaceState;
      write.call(history, history.state ?? {}, '', to.href);
    }
    if (this.#wanted !== null) history.replaceState(null, '', location.href);
    this.#follow();
  };

  /** From now until the function it returns is called. Before Next does the same: its functions call these. */
  attach(): () => void {
    const { pushState, replaceState } = history;
    history.pushState = (state, unused, url) => {
      pushState.call(history, state, unused, this.#whole(url));
      this.#wanted = null;
      queueMicrotask(() => this.#read());
    };
    // Next writes the address with every page it puts in place, and that may be one of some steps ago.
    history.replaceState = (state, unused, url) => {
      const whole = this.#whole(url);
      if (whole === this.#wanted) this.#wanted = null;
      const isHere = new URL(whole ?? '', location.href).pathname === location.pathname;
      replaceState.call(history, state, unused, isHere ? location.href : whole);
    };
    window.addEventListener('popstate', this.#onPop, { capture: true });
    return () => {
      Object.assign(history, { pushState, replaceState });
      window.removeEventListener('popstate', this.#onPop, { capture: true });
    };
  }

  /** With the question that Next was not told. */
  #whole(url: string | URL | null | undefined): string | URL | null | undefined {
    const { pathname } = new URL(url ?? '', location.href);
    return this.#wanted?.pathname === pathname ? this.#wanted : url;
  }

  readonly #onPop = (event: PopStateEvent): void => {
    const isHere = location.pathname === this.#shown;
    if (isHere && this.#wanted === null) event.stopImmediatePropagation();
    // An entry of a #fragment holds nothing of Next's, which would leave the page as it is.
    else if (!isHere && event.state === null) location.reload();
    this.#follow();
  };

  /** The address changed, and Next knows as far as it concerns it. */
  #follow(): void {
    this.#wanted = location.pathname === this.#shown ? null : new URL(location.href);
    this.#read();
  }

  #read(): void {
    if (location.pathname === this.#shown) this.#question = normal(location.search);
    for (const listener of this.#listeners) listener();
  }
}

const normal = (search: string): string => new URLSearchParams(search).toString();
