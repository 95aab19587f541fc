/**
 * Binds claims to volumes: to one that fits and is free, or to a new one of the claim's storage class. What a claim
 * leaves behind is deleted or released, as its volume says. A claim that cannot be bound stays pending and says why.
 */
import { isoTime, systemContext } from '../../apiserver/rest/context.ts';
import { array, at, type JsonObject, object, objects, text } from '../../base/json.ts';
import { parseQuantity } from '../../base/quantity.ts';
import type { KubeObject } from '../../base/types.ts';
import { type ControllerTools, change, keyParts, MANAGER, writeStatus } from '../framework/controller.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const CLASSES = 'storageclasses.storage.k8s.io';
const SOURCE = { component: 'persistentvolume-controller' };
const PROVISIONING_MS = 2_000;
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

export const phaseOf = (value: KubeObject): string => text(at(value, 'status', 'phase'));
const wantedSize = (claim: KubeObject) =>
  parseQuantity(at(claim, 'spec', 'resources', 'requests', 'storage'));
const sizeOf = (volume: KubeObject) => parseQuantity(at(volume, 'spec', 'capacity', 'storage'));

/** Names of the claims a pod mounts. */
export const claimsOf = (pod: KubeObject): string[] =>
  objects(at(pod, 'spec', 'volumes'))
    .map((volume) => text(at(volume, 'persistentVolumeClaim', 'claimName')))
    .filter((name) => name !== '');

export class VolumeBindingController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  /** Keys are claims; one without a namespace is a volume. */
  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const { store } = this.#tools.machinery;
    if (namespace === '') {
      const volume = store.get(VOLUMES, '', name);
      if (volume) this.#reclaim(volume);
      return undefined;
    }
    const claim = store.get(CLAIMS, namespace, name);
    if (!claim || claim.metadata.deletionTimestamp !== undefined || phaseOf(claim) === 'Bound')
      return undefined;
    const volume = this.#fitting(claim);
    if (volume) this.#bind(claim, volume);
    else return this.#provision(claim);
    return undefined;
  }

  /** The smallest volume that is free, or kept for this claim. */
  #fitting(claim: KubeObject): KubeObject | undefined {
    const spec = object(claim.spec);
    const named = text(spec.volumeName);
    const modes = array(spec.accessModes);
    const isFree = (volume: KubeObject) => {
      const { claimRef } = object(volume.spec);
      if (claimRef === undefined) return ['', 'Available'].includes(phaseOf(volume));
      const { name, namespace, uid } = object(claimRef);
      const isOwn = name === claim.metadata.name && namespace === claim.metadata.namespace;
      return isOwn && (uid === undefined || uid === claim.metadata.uid);
    };
    return this.#tools.machinery.store
      .list(VOLUMES)
      .filter((volume) => (named === '' || volume.metadata.name === named) && isFree(volume))
      .filter((volume) => text(at(volume, 'spec', 'storageClassName')) === text(spec.storageClassName))
      .filter((volume) => modes.every((mode) => array(at(volume, 'spec', 'accessModes')).includes(mode)))
      .filter((volume) => sizeOf(volume) >= wantedSize(claim))
      .sort((a, b) => (sizeOf(a) < sizeOf(b) ? -1 : 1))[0];
  }

  #provision(claim: KubeObject): number | undefined {
    if (phaseOf(claim) === '') writeStatus(this.#tools, CLAIMS, claim, { phase: 'Pending' });
    const { store, clock } = this.#tools.machinery;
    if (at(claim, 'spec', 'volumeName') !== undefined) return undefined;
    const wanted = at(claim, 'spec', 'storageClassName') ?? this.#defaultClass();
    const name = text(wanted);
    if (name === '') {
      const why = 'no persistent volumes available for this claim and no storage class is set';
      return this.#tellOnce(claim, 'Normal', 'FailedBinding', why);
    }
    const found = store.get(CLASSES, '', name);
    if (!found)
      return this.#tellOnce(
        claim,
        'Warning',
        'ProvisioningFailed',
        `storageclass.storage.k8s.io "${name}" not found`,
      );
    if (found.volumeBindingMode === 'WaitForFirstConsumer' && !this.#hasConsumer(claim)) {
      const why = 'waiting for first consumer to be created before binding';
      return this.#tellOnce(claim, 'Normal', 'WaitForFirstConsumer', why);
    }
    if (text(found.provisioner) === 'kubernetes.io/no-provisioner') return undefined;
    const leftMs = Date.parse(claim.metadata.creationTimestamp) + PROVISIONING_MS - clock.now();
    if (leftMs > 0) return leftMs;
    this.#bind(claim, this.#create(claim, found), name);
    return undefined;
  }

  #defaultClass(): string | undefined {
    const classes = this.#tools.machinery.store.list(CLASSES);
    return classes.find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')?.metadata.name;
  }

  #hasConsumer({ metadata: { name, namespace } }: KubeObject): boolean {
    return this.#tools.machinery.store.list('pods', namespace).some((pod) => claimsOf(pod).includes(name));
  }

  #create(claim: KubeObject, storageClass: KubeObject): KubeObject {
    const { machinery, mutations } = this.#tools;
    const name = `pvc-${claim.metadata.uid}`;
    const provisioner = text(storageClass.provisioner);
    const body: JsonObject = {
      metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
      spec: {
        capacity: { storage: text(at(claim, 'spec', 'resources', 'requests', 'storage')) },
        accessModes: array(at(claim, 'spec', 'accessModes')),
        persistentVolumeReclaimPolicy: text(storageClass.reclaimPolicy, 'Delete'),
        storageClassName: storageClass.metadata.name,
        csi: { driver: provisioner, volumeHandle: name },
      },
    };
    const volume = mutations.writer.create(
      machinery.kinds.builtIn(VOLUMES),
      '',
      body,
      systemContext(MANAGER),
    );
    const message = `Successfully provisioned volume ${name}`;
    this.#tools.recorder.record(
      claim,
      { component: provisioner },
      { type: 'Normal', reason: 'ProvisioningSucceeded', message },
    );
    return volume;
  }

  #bind(claim: KubeObject, volume: KubeObject, storageClassName?: string): void {
    const { name, namespace, uid } = claim.metadata;
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid };
    const taken = change(this.#tools, VOLUMES, volume, (current) => ({
      ...current,
      spec: { ...object(current.spec), claimRef },
    }));
    const since = { lastPhaseTransitionTime: isoTime(this.#tools.machinery.clock.now()) };
    writeStatus(this.#tools, VOLUMES, taken, { phase: 'Bound', ...since });
    const annotations = {
      ...claim.metadata.annotations,
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    };
    const bound = change(this.#tools, CLAIMS, claim, (current) => ({
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: {
        ...object(current.spec),
        ...(storageClassName ? { storageClassName } : {}),
        volumeName: volume.metadata.name,
      },
    }));
    const { accessModes, capacity } = object(volume.spec);
    writeStatus(this.#tools, CLAIMS, bound, { phase: 'Bound', accessModes, capacity });
  }

  /** A volume whose claim is gone. One that was planted bound keeps its state as long as its claim stands. */
  #reclaim(volume: KubeObject): void {
    const { claimRef, persistentVolumeReclaimPolicy: policy } = object(volume.spec);
    const { name, namespace } = object(claimRef);
    const { store, kinds } = this.#tools.machinery;
    if (claimRef === undefined) {
      if (phaseOf(volume) === '' || phaseOf(volume) === 'Pending')
        writeStatus(this.#tools, VOLUMES, volume, { phase: 'Available' });
      return;
    }
    if (phaseOf(volume) !== 'Bound' || store.get(CLAIMS, text(namespace), text(name))) return;
    if (policy !== 'Delete') {
      writeStatus(this.#tools, VOLUMES, volume, { phase: 'Released' });
      return;
    }
    const options = { isDryRun: false, uid: volume.metadata.uid };
    this.#tools.mutations.deleter.delete(kinds.builtIn(VOLUMES), '', volume.metadata.name, options);
  }

  /** What has been said of a claim is not said again: a scenario's own event stands as it is. */
  #tellOnce(claim: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): undefined {
    const { name, namespace } = claim.metadata;
    const isSaid = this.#tools.machinery.store
      .list('events', namespace)
      .some((event) => event.reason === reason && at(event, 'involvedObject', 'name') === name);
    if (!isSaid) this.#tools.recorder.record(claim, SOURCE, { type, reason, message });
    return undefined;
  }
}
