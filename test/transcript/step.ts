/** How a session of plain kubectl is written down: data, read by session.ts. */

export interface Until {
  kubectl: string;
  says: RegExp;
}

export interface Step {
  title: string;
  /** kubectl's words as one writes them in a shell: quotes hold spaces, nothing is expanded. */
  kubectl: string;
  /** What is piped into it. */
  stdin?: string;
  /** A program instead of kubectl's own stdin: KUBE_EDITOR. */
  editor?: string;
  /** Asked, unseen, until it says so: what comes by itself has come before the step is run. */
  after?: readonly Until[];
  /** Run again until its own output says so; only the last run is shown. */
  until?: RegExp;
  /** For a command that goes on: when its output matches, the other one is run, in this order. */
  meanwhile?: readonly { when: RegExp; kubectl: string }[];
  /** For a command that goes on: interrupted (SIGINT) when its output matches. */
  interruptedWhen?: RegExp;
  /** At a terminal: when the output matches, this is typed, in this order. */
  typed?: readonly { when: RegExp; text: string }[];
  /** Lines that come and go with speed or chance: shown as these words, a row of them once; '' leaves them out. */
  blur?: readonly [what: RegExp, words: string];
  /** The order of its lines is chance. */
  isUnordered?: true;
  /** Run against the demo only: why the real control plane of the tests cannot be asked. */
  demoOnly?: string;
}

export interface Chapter {
  title: string;
  steps: readonly Step[];
}

/** The namespace of the session; removed when it ends. */
export const namespace = 'transcript';

/** What `rollout status` says on the way depends on how fast pods start. */
export const waiting: NonNullable<Step['blur']> = [/^Waiting for /, ''];

export const noMetrics =
  'the real one has no metrics-server here, and kubectl says `error: Metrics API not available`.';

/** kubectl may log how its own watch ended when its time is up: a race within kubectl. */
export const clientLog: NonNullable<Step['blur']> = [/^[EIW]\d{4} \d\d:/, ''];
