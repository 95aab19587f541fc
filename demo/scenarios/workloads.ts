/** A scenario's workloads: each with its template, its revisions' ReplicaSets and its pods, settled. */
import { type JsonObject, object } from '../base/json.ts';
import { fnv32, safeEncode } from '../base/random.ts';
import type { Condition, OwnerReference } from '../base/types.ts';
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
      ...(spec.env ? { env: spec.env } : {}),
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
    },
  ],
  ...(spec.volumes ? { volumes: spec.volumes } : {}),
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
    return { metadata: { labels: this.#labels(spec) }, spec: podSpecOf(spec, image) };
  }

  #deployment(spec: WorkloadSpec): void {
    const { random } = this.#seeder.machinery;
    const uid = random.uid();
    const hash = safeEncode(String(fnv32(`${spec.namespace}/${spec.name}/${spec.image}`)));
    const revisions = spec.revisions ?? [
      {
        hash,
        revision: 1 + random.below(40),
        image: spec.image,
        age: spec.age.startsWith('1y') ? `${20 + random.below(120)}d` : spec.age,
        replicas: spec.replicas,
      },
    ];
    const last = revisions.at(-1) as RevisionSpec;
    const owner: OwnerReference = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: spec.name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    const counts = revisions.map((revision) => this.#replicaSet(spec, revision, owner, revision === last));
    const sum = (pick: (count: Counts) => number) => counts.reduce((total, count) => total + pick(count), 0);
    const status = {
      observedGeneration: last.revision * 2,
      replicas: sum((count) => count.pods),
      updatedReplicas: counts.at(-1)?.pods ?? 0,
      readyReplicas: sum((count) => count.ready),
      availableReplicas: sum((count) => count.ready),
      unavailableReplicas: Math.max(0, sum((count) => count.pods) - sum((count) => count.ready)),
      conditions: this.#conditions(spec, last, counts),
    };
    this.#seeder.put({
      resource: 'deployments.apps',
      namespace: spec.namespace,
      age: spec.age,
      manager: last.by ?? 'argocd-controller',
      statusManager: 'kube-controller-manager',
      statusAge: last.age,
      object: {
        metadata: {
          name: spec.name,
          uid,
          generation: last.revision * 2,
          labels: this.#labels(spec),
          annotations: {
            'deployment.kubernetes.io/revision': String(last.revision),
            ...(last.cause ? { 'kubernetes.io/change-cause': last.cause } : {}),
            ...spec.annotations,
          },
        },
        spec: {
          replicas: spec.replicas,
          ...(spec.isPaused ? { paused: true } : {}),
          selector: { matchLabels: { app: spec.name } },
          ...(spec.strategy ? { strategy: { type: 'RollingUpdate', rollingUpdate: spec.strategy } } : {}),
          template: this.#template(spec, last.image),
        },
        status,
      },
    });
  }

  #conditions(spec: WorkloadSpec, last: RevisionSpec, counts: Counts[]): Condition[] {
    const set = `ReplicaSet "${spec.name}-${last.hash}"`;
    const at = (age: string) => ({
      lastTransitionTime: this.#seeder.ago(age),
      lastUpdateTime: this.#seeder.ago(age),
    });
    const isDone = counts.length === 1 && counts[0]?.ready === spec.replicas;
    let progressing: Condition = {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: `${set} is progressing.`,
      ...at(last.age),
    };
    if (spec.isPaused)
      progressing = {
        ...progressing,
        status: 'Unknown',
        reason: 'DeploymentPaused',
        message: 'Deployment is paused',
      };
    else if (spec.stuckFor)
      progressing = {
        ...progressing,
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: `${set} has timed out progressing.`,
        ...at(spec.stuckFor),
      };
    else if (isDone || counts.length === 1)
      progressing = {
        ...progressing,
        reason: 'NewReplicaSetAvailable',
        message: `${set} has successfully progressed.`,
      };
    const total = counts.reduce((sum, count) => sum + count.ready, 0);
    const isAvailable = total >= Math.ceil(spec.replicas * 0.75);
    const available: Condition = isAvailable
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
          ...at(spec.age),
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
          ...at(last.age),
        };
    const failure: Condition[] = spec.replicaFailure
      ? [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message: spec.replicaFailure,
            ...at(last.age),
          },
        ]
      : [];
    return [available, progressing, ...failure];
  }

  #replicaSet(spec: WorkloadSpec, revision: RevisionSpec, owner: OwnerReference, isNewest: boolean): Counts {
    const name = `${spec.name}-${revision.hash}`;
    const labels = { ...this.#labels(spec), 'pod-template-hash': revision.hash };
    const uid = this.#seeder.machinery.random.uid();
    const lines = this.#lines(revision.pods ?? [], revision.podCount ?? revision.replicas);
    const counted = lines.filter((line) => line.state !== 'leaving');
    const ready = counted.filter((line) => line.state === undefined || line.state === 'ready').length;
    const surge = spec.strategy?.maxSurge ?? '25%';
    const extra =
      typeof surge === 'number' ? surge : Math.ceil((spec.replicas * Number.parseInt(surge, 10)) / 100);
    const failure =
      spec.replicaFailure && isNewest
        ? {
            conditions: [
              {
                type: 'ReplicaFailure',
                status: 'True',
                reason: 'FailedCreate',
                message: spec.replicaFailure,
                lastTransitionTime: this.#seeder.ago(revision.age),
              },
            ],
          }
        : {};
    this.#seeder.put({
      resource: 'replicasets.apps',
      namespace: spec.namespace,
      age: revision.age,
      manager: 'kube-controller-manager',
      statusManager: 'kube-controller-manager',
      object: {
        metadata: {
          name,
          uid,
          labels,
          annotations: {
            'deployment.kubernetes.io/desired-replicas': String(spec.replicas),
            'deployment.kubernetes.io/max-replicas': String(spec.replicas + extra),
            'deployment.kubernetes.io/revision': String(revision.revision),
            ...(revision.cause ? { 'kubernetes.io/change-cause': revision.cause } : {}),
          },
          ownerReferences: [owner],
        },
        spec: {
          replicas: revision.replicas,
          selector: { matchLabels: { app: spec.name, 'pod-template-hash': revision.hash } },
          template: { ...this.#template(spec, revision.image), metadata: { labels } },
        },
        status: {
          replicas: counted.length,
          fullyLabeledReplicas: counted.length,
          readyReplicas: ready,
          availableReplicas: ready,
          observedGeneration: 1,
          ...failure,
        },
      },
    });
    const own: OwnerReference = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    for (const line of lines) {
      const suffix = line.suffix ?? this.#seeder.machinery.random.suffix();
      this.#pods.plant({
        namespace: spec.namespace,
        name: `${name}-${suffix}`,
        generateName: `${name}-`,
        labels,
        spec: podSpecOf(spec, revision.image),
        owner: own,
        age: line.age ?? revision.age,
        line,
        ...this.#crash(revision.image),
      });
    }
    return { pods: counted.length, ready };
  }

  #lines(named: PodLine[], count: number): PodLine[] {
    return [...named, ...Array.from({ length: Math.max(0, count - named.length) }, (): PodLine => ({}))];
  }

  #crash(image: string): { crash?: { exitCode: number; message: string } } {
    const rule = this.#scenario.stories.find((item) => image.startsWith(item.image));
    return rule?.story.kind === 'crash'
      ? { crash: { exitCode: rule.story.exitCode, message: rule.story.message } }
      : {};
  }

  #statefulSet(spec: WorkloadSpec): void {
    const { random } = this.#seeder.machinery;
    const uid = random.uid();
    const revision = `${spec.name}-${safeEncode(String(fnv32(spec.image)))}`;
    const labels = { ...this.#labels(spec), 'controller-revision-hash': revision };
    const owner: OwnerReference = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: spec.name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    this.#controlled(spec, uid, {
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
    this.#revision(spec, revision, owner);
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
    const owner: OwnerReference = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      name: spec.name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    this.#controlled(spec, uid, {
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
    this.#revision(spec, `${spec.name}-${hash}`, owner);
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

  #controlled(spec: WorkloadSpec, uid: string, rest: { spec: JsonObject; status: JsonObject }): void {
    this.#seeder.put({
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

  #revision(spec: WorkloadSpec, name: string, owner: OwnerReference): void {
    this.#seeder.put({
      resource: 'controllerrevisions.apps',
      namespace: spec.namespace,
      age: spec.age,
      manager: 'kube-controller-manager',
      object: {
        metadata: { name, labels: { app: spec.name }, ownerReferences: [owner] },
        revision: 1,
        data: { spec: { template: { ...object(this.#template(spec, spec.image)), $patch: 'replace' } } },
      },
    });
  }
}

interface Counts {
  pods: number;
  ready: number;
}
