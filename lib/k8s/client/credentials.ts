/**
 * The credentials of one context, as they are now. Files are read again when they change, exec plugins run again
 * shortly before their credential ends and when the API server turned it down; one run at a time, however many
 * requests wait. Nothing of this leaves lib/k8s/client.
 */
export interface CredentialSource {
  /** Rejects with ApiException: BadConfiguration (files), Unauthorized (plugin). */
  current(): Promise<Credentials>;
  /** After a 401 with `used`: true when there is something else to try now. */
  renew(used: Credentials): Promise<boolean>;
}

export interface Credentials {
  readonly tls: TlsMaterial;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Where they come from and, if known, when they end: for the words of a 401. */
  readonly origin: string;
  /** Wall clock, ms since 1970; NaN when unknown. */
  readonly endsMs: number;
  readonly fingerprint: string;
}

export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Equal fingerprints may share connections. */
  readonly fingerprint: string;
}

export interface Endpoint {
  /** 'https://host:port' */
  readonly origin: string;
  /** '' or '/below', without a slash at the end. */
  readonly basePath: string;
  /** Shown to people; holds no credentials. */
  readonly server: string;
  readonly proxyUrl?: string;
  readonly authority?: FileOrData;
  readonly skipsVerification: boolean;
  readonly serverName?: string;
}

/** PEM from a file or from base64 in the kubeconfig; `what` names it in messages. */
export type FileOrData = { readonly what: string } & ({ readonly file: string } | { readonly pem: string });
