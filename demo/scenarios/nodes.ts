/** A scenario's nodes, with conditions, taints, addresses and leases. */
import type { JsonObject } from '../base/json.ts';
import type { Condition } from '../base/types.ts';
import type { NodeSpec } from './scenario.ts';
import type { Seeder } from './seeder.ts';

function conditions(seeder: Seeder, spec: NodeSpec, beat: string): Condition[] {
  const condition = (
    type: string,
    isTrue: boolean,
    reason: string,
    message: string,
    age = spec.age,
  ): Condition => ({
    type,
    status: isTrue ? 'True' : 'False',
    reason,
    message,
    lastHeartbeatTime: beat,
    lastTransitionTime: seeder.ago(age),
  });
  const disk = spec.diskPressureFor
    ? condition(
        'DiskPressure',
        true,
        'KubeletHasDiskPressure',
        'kubelet has disk pressure',
        spec.diskPressureFor,
      )
    : condition('DiskPressure', false, 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure');
  return [
    condition(
      'MemoryPressure',
      false,
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
    ),
    disk,
    condition('PIDPressure', false, 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status'),
  ];
}

function status(seeder: Seeder, spec: NodeSpec, beat: string): JsonObject {
  const { random } = seeder.machinery;
  return {
    capacity: { cpu: '8', memory: '32901088Ki', pods: '110', 'ephemeral-storage': '94371840Ki' },
    allocatable: { cpu: '7900m', memory: '32086425Ki', pods: '110', 'ephemeral-storage': '86973087744' },
    conditions: conditions(seeder, spec, beat),
    addresses: [
      { type: 'InternalIP', address: spec.ip },
      { type: 'Hostname', address: spec.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: random.uid(),
      containerRuntimeVersion: spec.runtime,
      kernelVersion: spec.kernel,
      kubeProxyVersion: '',
      kubeletVersion: spec.kubelet,
      machineID: random.hex(32),
      operatingSystem: 'linux',
      osImage: spec.os,
      systemUUID: random.uid(),
    },
  };
}

function metadata(spec: NodeSpec): JsonObject {
  return {
    name: spec.name,
    labels: {
      'beta.kubernetes.io/arch': 'amd64',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': spec.name,
      'kubernetes.io/os': 'linux',
      'node-role.kubernetes.io/worker': '',
      'topology.kubernetes.io/region': 'eu-1',
      'topology.kubernetes.io/zone': spec.zone,
      ...spec.labels,
    },
    annotations: {
      'node.alpha.kubernetes.io/ttl': '0',
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      ...spec.annotations,
    },
  };
}

export function plantNode(seeder: Seeder, spec: NodeSpec, index: number): void {
  const beat = seeder.ago(`${2 + index}s`);
  const { cordonedFor, diskPressureFor, age } = spec;
  const taint = (name: string, since: string) => ({
    key: `node.kubernetes.io/${name}`,
    effect: 'NoSchedule',
    timeAdded: seeder.ago(since),
  });
  const taints = [
    ...(cordonedFor ? [taint('unschedulable', cordonedFor)] : []),
    ...(diskPressureFor ? [taint('disk-pressure', diskPressureFor)] : []),
  ];
  const podCIDR = `10.244.${index + 1}.0/24`;
  const nodeSpec = {
    podCIDR,
    podCIDRs: [podCIDR],
    ...(cordonedFor ? { unschedulable: true } : {}),
    ...(taints.length > 0 ? { taints } : {}),
  };
  seeder.put({
    resource: 'nodes',
    age,
    manager: 'kubelet',
    statusManager: 'kubelet',
    statusAge: '2m',
    object: { metadata: metadata(spec), spec: nodeSpec, status: status(seeder, spec, beat) },
  });
  const renewTime = `${beat.slice(0, 19)}.000000Z`;
  seeder.put({
    resource: 'leases.coordination.k8s.io',
    namespace: 'kube-node-lease',
    age,
    manager: 'kubelet',
    object: {
      metadata: { name: spec.name },
      spec: { holderIdentity: spec.name, leaseDurationSeconds: 40, renewTime },
    },
  });
}
