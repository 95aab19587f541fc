/** Listeners of one snapshot. A listener that leaves while others are called is not called any more. */
export interface Emitter {
  on(listener: () => void): () => void;
  emit(): void;
}

export function createEmitter(): Emitter {
  const listeners = new Set<{ readonly call: () => void }>();
  return {
    on(call) {
      const entry = { call };
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
    emit() {
      for (const entry of [...listeners]) if (listeners.has(entry)) entry.call();
    },
  };
}
