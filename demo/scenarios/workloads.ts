/** A scenario's workloads: each with its template, its revisions' ReplicaSets and its pods, settled. */
import { type JsonObject, object } from '../base/json.ts';
import { controllerReference } from '../base/owner.ts';
import { fnv32, safeEncode } from '../base/random.ts';
import type { KubeObject, OwnerReference } from '../base/types.ts';
import { type Counts, settledConditions } from './deployment-conditions.ts';
import type { PodPlanter } from './pods.ts';
import type { PodLine, RevisionSpec, Scenario, WorkloadSpec } from './scenario.ts';
import type { Seeder } from './seeder.ts';

export const podSpecOf = (
  spec: Pick<WorkloadSpec, 'name' | 'cpu' | 'memory'> & Partial<WorkloadSpec>,
  image: string,
): JsonObject => ({
  containers: [
    {
      name: spec.container ?? spec.name,
      image,
      ...(spec.port
        ? {
            ports: [{ name: 'http', containerPort: spec.port, protocol: 'TCP' }],
            readinessProbe: {
              httpGet: { path: '/ready', port: 'http' },
              periodSeconds: 5,
              initialDelaySeconds: 3,
            },
          }
        : {}),
      resources: {
        requests: { cpu: spec.cpu[0], memory: spec.memory[0] },
        limits: { cpu: spec.cpu[1], memory: spec.memory[1] },
      },
      ...(spec.volumes
        ? {
            volumeMounts: spec.volumes.map((volume) => ({
              name: volume.name,
              mountPath: `/var/lib/${String(volume.name)}`,
            })),
          }
        : {}),
      ...spec.more,
    },
  ],
  ...(spec.volumes ? { volumes: spec.volumes } : {}),
  ...(spec.account ? { serviceAccountName: spec.account } : {}),
  terminationGracePeriodSeconds: spec.graceSeconds ?? 30,
  ...(spec.kind === 'DaemonSet'
    ? { tolerations: [{ operator: 'Exists' }], nodeSelector: { 'kubernetes.io/os': 'linux' } }
    : {}),
});

export class WorkloadPlanter {
  readonly #seeder: Seeder;
  readonly #pods: PodPlanter;
  readonly #scenario: Scenario;

  constructor(seeder: Seeder, pods: PodPlanter, scenario: Scenario) {
    this.#seeder = seeder;
    this.#pods = pods;
    this.#scenario = scenario;
  }

  plant(spec: WorkloadSpec): void {
    if (spec.kind === 'Deployment') this.#deployment(spec);
    else if (spec.kind === 'StatefulSet') this.#statefulSet(spec);
    else this.#daemonSet(spec);
  }

  #labels(spec: WorkloadSpec): Record<string, string> {
    const team = this.#scenario.namespaces.find(({ name }) => name === spec.namespace)?.team ?? '';
    return { app: spec.name, tier: spec.tier, ...(team ? { team } : {}) };
  }

  #template(spec: WorkloadSpec, image: string): JsonObject {
    const annotations = spec.templateAnnotations;
    return {
      metadata: { labels: this.#labels(spec), ...(annotations ? { annotations } : {}) },
      spec: podSpecOf(spec, image),
    };
  }

  #revisions(spec: WorkloadSpec): RevisionSpec[] {
    const { random } = this.#seeder.machinery;
    const hash = safeEncode(String(fnv32(`${spec.namespace}/${spec.name}/${spec.image}`)));
    const revision = 1 + random.below(40);
    const age = spec.age.startsWith('1y') ? `${20 + random.below(120)}d` : spec.age;
    return spec.revisions ?? [{ hash, revision, image: spec.image, age, replicas: spec.replicas }];
  }

  #deployment(spec: WorkloadSpec): void {
    const revisions = this.#revisions(spec);
    const last = revisions.at(-1) as RevisionSpec;
    const uid = this.#seeder.machinery.random.uid();
    const owner = controllerReference('apps/v1', 'Deployment', spec.name, uid);
    const counts = revisions.map((revision) => this.#replicaSet(spec, revision, owner, revision === last));
    const annotations = {
      'deployment.kubernetes.io/revision': String(last.revision),
      ...(last.cause ? { 'kubernetes.io/change-cause': last.cause } : {}),
      ...spec.annotations,
    };
    const generation = last.revision * 2;
    this.#seeder.put({
      resource: 'deployments.apps',
      namespace: spec.namespace,
      age: spec.age,
      manager: last.by ?? 'argocd-controller',
      statusManager: 'kube-controller-manager',
      statusAge: last.age,
      object: {
        metadata: { name: spec.name, uid, generation, labels: this.#labels(spec), annotations },
        spec: {
          replicas: spec.replicas,
          ...(spec.isPaused ? { paused: true } : {}),
          selector: { matchLabels: { app: spec.name } },
          ...(spec.strategy ? { strategy: { type: 'RollingUpdate', rollingUpdate: spec.strategy } } : {}),
          template: this.#template(spec, last.image),
        },
        status: {
          observedGeneration: generation,
          ...this.#counts(counts),
          conditions: settledConditions(this.#seeder, spec, last, counts),
        },
      },
    });
  }

  #counts(counts: Counts[]): JsonObject {
    const sum = (pick: (count: Counts) => number) => counts.reduce((total, count) => total + pick(count), 0);
    const [replicas, ready] = [sum((count) => count.pods), sum((count) => count.ready)];
    const unavailable = Math.max(0, replicas - ready);
    return {
      replicas,
      updatedReplicas: counts.at(-1)?.pods ?? 0,
      readyReplicas: ready,
      availableReplicas: ready,
      ...(unavailable > 0 ? { unavailableReplicas: unavailable } : {}),
    };
  }

  #sizes(spec: WorkloadSpec): Record<string, string> {
    const surge = spec.strategy?.maxSurge ?? '25%';
    const extra =
      typeof surge === 'number' ? surge : Math.ceil((spec.replicas * Number.parseInt(surge, 10)) / 100);
    return {
      'deployment.kubernetes.io/desired-replicas': String(spec.replicas),
      'deployment.kubernetes.io/max-replicas': String(spec.replicas + extra),
    };
  }

  #replicaSet(spec: WorkloadSpec, revision: RevisionSpec, owner: OwnerReference, isNewest: boolean): Counts {
    const name = `${spec.name}-${revision.hash}`;
    const labels = { ...this.#labels(spec), 'pod-template-hash': revision.hash };
    const uid = this.#seeder.machinery.random.uid();
    const lines = this.#lines(revision.pods ?? [], revision.podCount ?? revision.replicas);
    const counted = lines.filter((line) => line.state !== 'leaving');
    const ready = counted.filter((line) => line.state === undefined || line.state === 'ready').length;
    const annotations = {
      ...this.#sizes(spec),
      'deployment.kubernetes.io/revision': String(revision.revision),
      ...(revision.cause ? { 'kubernetes.io/change-cause': revision.cause } : {}),
    };
    const pods = counted.length;
    this.#seeder.put({
      resource: 'replicasets.apps',
      namespace: spec.namespace,
      age: revision.age,
      manager: 'kube-controller-manager',
      statusManager: 'kube-controller-manager',
      object: {
        metadata: { name, uid, labels, annotations, ownerReferences: [owner] },
        spec: {
          replicas: revision.replicas,
          selector: { matchLabels: { app: spec.name, 'pod-template-hash': revision.hash } },
          template: {
            ...this.#template(spec, revision.image),
            metadata: {
              labels,
              ...(spec.templateAnnotations ? { annotations: spec.templateAnnotations } : {}),
            },
          },
        },
        status: {
          replicas: pods,
          fullyLabeledReplicas: pods,
          readyReplicas: ready,
          availableReplicas: ready,
          observedGeneration: 1,
          ...(isNewest ? this.#failure(spec, revision) : {}),
        },
      },
    });
    this.#podsOf(spec, revision, lines, labels, controllerReference('apps/v1', 'ReplicaSet', name, uid));
    return { pods, ready };
  }

  #failure(spec: WorkloadSpec, revision: RevisionSpec): JsonObject {
    if (!spec.replicaFailure) return {};
    const lastTransitionTime = this.#seeder.ago(revision.age);
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: spec.replicaFailure,
    };
    return { conditions: [{ ...condition, lastTransitionTime }] };
  }

  #podsOf(
    spec: WorkloadSpec,
    revision: RevisionSpec,
    lines: PodLine[],
    labels: Record<string, string>,
    owner: OwnerReference,
  ): void {
    for (const line of lines) {
      const suffix = line.suffix ?? this.#seeder.machinery.random.suffix();
      this.#pods.plant({
        namespace: spec.namespace,
        name: `${owner.name}-${suffix}`,
        generateName: `${owner.name}-`,
        labels,
        ...(spec.templateAnnotations ? { annotations: spec.templateAnnotations } : {}),
        spec: podSpecOf(spec, revision.image),
        owner,
        age: line.age ?? revision.age,
        line,
        ...this.#crash(revision.image),
      });
    }
  }

  #lines(named: PodLine[], count: number): PodLine[] {
    return [...named, ...Array.from({ length: Math.max(0, count - named.length) }, (): PodLine => ({}))];
  }

  #crash(image: string): { crash?: { exitCode: number; message: string } } {
    const rule = this.#scenario.stories.find((item) => !item.annotation && image.startsWith(item.image));
    return rule?.story.kind === 'crash'
      ? { crash: { exitCode: rule.story.exitCode, message: rule.story.message } }
      : {};
  }

  #statefulSet(spec: WorkloadSpec): void {
    const { random } = this.#seeder.machinery;
    const uid = random.uid();
    const hash = safeEncode(String(fnv32(spec.image)));
    const revision = `${spec.name}-${hash}`;
    const labels = { ...this.#labels(spec), 'controller-revision-hash': revision };
    const owner = controllerReference('apps/v1', 'StatefulSet', spec.name, uid);
    const set = this.#controlled(spec, uid, {
      spec: { replicas: spec.replicas, serviceName: spec.name },
      status: {
        replicas: spec.replicas,
        readyReplicas: spec.replicas,
        availableReplicas: spec.replicas,
        currentReplicas: spec.replicas,
        updatedReplicas: spec.replicas,
        currentRevision: revision,
        updateRevision: revision,
        collisionCount: 0,
        observedGeneration: 1,
      },
    });
    this.#revision(spec, revision, set, { 'controller.kubernetes.io/hash': hash });
    for (const [ordinal, line] of this.#lines(spec.pods ?? [], spec.replicas).entries()) {
      const name = `${spec.name}-${ordinal}`;
      const own = {
        ...labels,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
      };
      this.#pods.plant({
        namespace: spec.namespace,
        name,
        generateName: `${spec.name}-`,
        labels: own,
        spec: { ...podSpecOf(spec, spec.image), hostname: name, subdomain: spec.name },
        owner,
        age: line.age ?? this.#podAge(spec),
        line,
      });
    }
  }

  #daemonSet(spec: WorkloadSpec): void {
    const { random } = this.#seeder.machinery;
    const uid = random.uid();
    const hash = safeEncode(String(fnv32(spec.image)));
    const { length } = this.#scenario.nodes;
    const owner = controllerReference('apps/v1', 'DaemonSet', spec.name, uid);
    const set = this.#controlled(spec, uid, {
      spec: {},
      status: {
        currentNumberScheduled: length,
        desiredNumberScheduled: length,
        numberAvailable: length,
        numberMisscheduled: 0,
        numberReady: length,
        updatedNumberScheduled: length,
        observedGeneration: 1,
      },
    });
    this.#revision(spec, `${spec.name}-${hash}`, set, { 'controller-revision-hash': hash });
    const labels = {
      ...this.#labels(spec),
      'controller-revision-hash': hash,
      'pod-template-generation': '1',
    };
    for (const node of this.#scenario.nodes) {
      this.#pods.plant({
        namespace: spec.namespace,
        name: `${spec.name}-${random.suffix()}`,
        generateName: `${spec.name}-`,
        labels,
        spec: podSpecOf(spec, spec.image),
        owner,
        age: node.age,
        line: { node: node.name },
      });
    }
  }

  #podAge(spec: WorkloadSpec): string {
    return spec.age.startsWith('1y') ? `${12 + this.#seeder.machinery.random.below(28)}d` : spec.age;
  }

  #controlled(spec: WorkloadSpec, uid: string, rest: { spec: JsonObject; status: JsonObject }): KubeObject {
    return this.#seeder.put({
      resource: spec.kind === 'StatefulSet' ? 'statefulsets.apps' : 'daemonsets.apps',
      namespace: spec.namespace,
      age: spec.age,
      manager: 'argocd-controller',
      statusManager: 'kube-controller-manager',
      object: {
        metadata: { name: spec.name, uid, labels: this.#labels(spec) },
        spec: {
          ...rest.spec,
          selector: { matchLabels: { app: spec.name } },
          template: this.#template(spec, spec.image),
        },
        status: rest.status,
      },
    });
  }

  /** The template as the API server completed it, or the controllers would take it for another. */
  #revision(spec: WorkloadSpec, name: string, set: KubeObject, hash: Record<string, string>): void {
    const owner = controllerReference(set.apiVersion, set.kind, spec.name, set.metadata.uid);
    this.#seeder.put({
      resource: 'controllerrevisions.apps',
      namespace: spec.namespace,
      age: spec.age,
      manager: 'kube-controller-manager',
      object: {
        metadata: { name, labels: { ...this.#labels(spec), ...hash }, ownerReferences: [owner] },
        revision: 1,
        data: { spec: { template: { ...object(object(set.spec).template), $patch: 'replace' } } },
      },
    });
  }
}
