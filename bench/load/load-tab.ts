import { applyFrame, type TableState, WAITING_TABLE } from '#lib/protocol/apply-frame.ts';
import type { RowsFrame } from '#lib/protocol/frames.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { BenchConsole, Tab } from '../console.ts';

type Listener = (frame: RowsFrame, bytes: number, before: TableState) => void;

/** A tab as a browser has it on a list: the cluster's facts and one table, whose frames are applied as there. */
export class LoadTab {
  readonly #tab: Tab;
  readonly #clusters: readonly string[];
  table: TableState = WAITING_TABLE;
  /** Bytes of all messages so far. */
  bytes = 0;
  resyncs = 0;
  onRows: Listener = () => {};

  private constructor(tab: Tab, clusters: readonly string[]) {
    this.#tab = tab;
    this.#clusters = clusters;
  }

  static async open(console: BenchConsole): Promise<LoadTab> {
    const tab = await console.open();
    const clusters = await new Promise<readonly string[]>((resolve, reject) => {
      tab.onClose(() => reject(new Error('the console closed the socket before its hello')));
      tab.onMessage((message) => {
        if (message.t === 'hello') resolve(message.clusters.map(({ id }) => id));
      });
    });
    const made = new LoadTab(tab, clusters);
    tab.onMessage((message, bytes) => {
      made.bytes += bytes;
      if (message.t === 'refused') throw new Error(`refused: ${message.error.message}`);
      if (message.t === 'rows') made.#take(message, bytes);
    });
    return made;
  }

  cluster(context: 'replay' | 'restricted'): string {
    return this.#clusters.find((id) => id.startsWith(context)) ?? '';
  }

  ask(spec: QuerySpec): void {
    this.#tab.send({ t: 'subscribe', id: 1, what: 'cluster', cluster: spec.cluster });
    this.#tab.send({ t: 'subscribe', id: 2, what: 'rows', spec });
  }

  /** Another window, sort or filter. */
  update(spec: QuerySpec): void {
    this.#tab.send({ t: 'update', id: 2, spec });
  }

  /** Resolves when the table holds so; looked at after every frame. */
  until(holds: (table: TableState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const before = this.onRows;
      const look: Listener = (...frame) => {
        before(...frame);
        if (!holds(this.table)) return;
        this.onRows = before;
        resolve();
      };
      if (holds(this.table)) resolve();
      else this.onRows = look;
    });
  }

  onClose(listener: () => void): void {
    this.#tab.onClose(listener);
  }

  close(): void {
    this.#tab.close();
  }

  #take(frame: RowsFrame, bytes: number): void {
    const before = this.table;
    const { state, resync } = applyFrame(before, frame);
    this.table = state;
    if (resync) {
      this.resyncs++;
      this.#tab.send({ t: 'resync', id: 2 });
    }
    this.onRows(frame, bytes, before);
  }
}

export const isLive = ({ connection }: TableState): boolean => connection.state === 'live';
