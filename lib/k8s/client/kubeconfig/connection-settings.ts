/** What a context of a kubeconfig says of a connection: kubeconfig-entry.ts reads it, credential-source.ts and lanes.ts use it. */
import type { Endpoint, FileOrData } from '../credentials.ts';

export interface ContextSettings {
  readonly namespace: string;
  readonly endpoint: Endpoint;
  readonly user: UserSettings;
}

export interface UserSettings {
  readonly name: string;
  /** 'user "admin" in /home/me/.kube/config' */
  readonly what: string;
  readonly certificate?: FileOrData;
  readonly key?: FileOrData;
  readonly token?: string;
  readonly tokenFile?: FileOrData & { readonly file: string };
  readonly basic?: string;
  readonly exec?: ExecSettings;
  /** Impersonation the operator wrote into the kubeconfig (as, as-groups, …), as headers. */
  readonly impersonation: Readonly<Record<string, string | string[]>>;
}

export interface ExecSettings {
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** KUBERNETES_EXEC_INFO */
  readonly info: string;
  readonly apiVersion: string;
  readonly installHint: string;
}
