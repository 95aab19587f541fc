/** Numbers by key, as a typed array that grows. */
export class IdColumn {
  #ids = new Uint32Array(256);

  get bytes(): number {
    return this.#ids.byteLength;
  }

  at(key: number): number {
    return this.#ids[key] ?? 0;
  }

  set(key: number, id: number): void {
    if (key >= this.#ids.length) {
      const grown = new Uint32Array(Math.max(key + 1, this.#ids.length * 2));
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids[key] = id;
  }
}
