/** What a container does once its image is asked for: see stories.ts for who has which. */
export type Story =
  | { kind: 'runs' }
  | { kind: 'image-missing' }
  | { kind: 'crash'; exitCode: number; afterMs: number; message: string; reason?: 'Error' | 'OOMKilled' }
  /** The readiness probe fails; `message` is what it says, by default what its kind of probe would. */
  | { kind: 'never-ready'; message?: string }
  /** It fails for the second part of every round. */
  | { kind: 'flapping'; readyMs: number; unreadyMs: number; message?: string }
  /** The liveness probe fails from then on. */
  | { kind: 'unhealthy'; afterMs: number; message?: string }
  | { kind: 'never-starts'; message?: string }
  | { kind: 'completes'; afterMs: number }
  | { kind: 'slow-stop'; stopMs: number };
