import type { Access } from '#lib/k8s/access/access.ts';
import type { ObjectInformerFactory } from '#lib/k8s/cache/object-informer.ts';
import type { InformerFactory } from '#lib/k8s/cache/shared-informer.ts';
import type { Heartbeat } from '#lib/k8s/client/heartbeat.ts';
import type { ClusterIdentity, KubernetesClient } from '#lib/k8s/client/kubernetes-client.ts';
import type { Discovery } from '#lib/k8s/discovery/discovery.ts';
import type { ApiError } from '#lib/resources/api-error.ts';

/** Everything the console holds of one cluster, wired in server/main.ts. Nothing runs until somebody looks. */
export interface Cluster {
  readonly identity: ClusterIdentity;
  readonly client: KubernetesClient;
  readonly discovery: Discovery;
  readonly access: Access;
  readonly informers: InformerFactory;
  readonly objects: ObjectInformerFactory;
  readonly heartbeat: Heartbeat;
}

/** A kubeconfig entry: a working cluster, or the reason it is none. */
export type ClusterSlot = { readonly identity: ClusterIdentity } & (
  | { readonly cluster: Cluster; readonly error?: undefined }
  | { readonly cluster?: undefined; readonly error: ApiError }
);
