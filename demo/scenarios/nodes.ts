/** A scenario's nodes, with conditions, taints, addresses and leases. */
import type { Condition } from '../base/types.ts';
import type { NodeSpec } from './scenario.ts';
import type { Seeder } from './seeder.ts';

const condition = (
  type: string,
  isTrue: boolean,
  reason: string,
  message: string,
  since: string,
  beat: string,
): Condition => ({
  type,
  status: isTrue ? 'True' : 'False',
  reason,
  message,
  lastHeartbeatTime: beat,
  lastTransitionTime: since,
});

export function plantNode(seeder: Seeder, spec: NodeSpec, index: number): void {
  const since = seeder.ago(spec.age);
  const beat = seeder.ago(`${2 + index}s`);
  const pressure = spec.diskPressureFor;
  const taints = [
    ...(spec.cordonedFor
      ? [
          {
            key: 'node.kubernetes.io/unschedulable',
            effect: 'NoSchedule',
            timeAdded: seeder.ago(spec.cordonedFor),
          },
        ]
      : []),
    ...(pressure
      ? [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule', timeAdded: seeder.ago(pressure) }]
      : []),
  ];
  seeder.put({
    resource: 'nodes',
    age: spec.age,
    manager: 'kubelet',
    statusManager: 'kubelet',
    statusAge: '2m',
    object: {
      metadata: {
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
      },
      spec: {
        podCIDR: `10.244.${index + 1}.0/24`,
        podCIDRs: [`10.244.${index + 1}.0/24`],
        ...(spec.cordonedFor ? { unschedulable: true } : {}),
        ...(taints.length > 0 ? { taints } : {}),
      },
      status: {
        capacity: { cpu: '8', memory: '32901088Ki', pods: '110', 'ephemeral-storage': '94371840Ki' },
        allocatable: { cpu: '7900m', memory: '32086425Ki', pods: '110', 'ephemeral-storage': '86973087744' },
        conditions: [
          condition(
            'MemoryPressure',
            false,
            'KubeletHasSufficientMemory',
            'kubelet has sufficient memory available',
            since,
            beat,
          ),
          condition(
            'DiskPressure',
            Boolean(pressure),
            pressure ? 'KubeletHasDiskPressure' : 'KubeletHasNoDiskPressure',
            pressure ? 'kubelet has disk pressure' : 'kubelet has no disk pressure',
            pressure ? seeder.ago(pressure) : since,
            beat,
          ),
          condition(
            'PIDPressure',
            false,
            'KubeletHasSufficientPID',
            'kubelet has sufficient PID available',
            since,
            beat,
          ),
          condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status', since, beat),
        ],
        addresses: [
          { type: 'InternalIP', address: spec.ip },
          { type: 'Hostname', address: spec.name },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        nodeInfo: {
          architecture: 'amd64',
          bootID: seeder.machinery.random.uid(),
          containerRuntimeVersion: spec.runtime,
          kernelVersion: spec.kernel,
          kubeProxyVersion: '',
          kubeletVersion: spec.kubelet,
          machineID: seeder.machinery.random.hex(32),
          operatingSystem: 'linux',
          osImage: spec.os,
          systemUUID: seeder.machinery.random.uid(),
        },
      },
    },
  });
  seeder.put({
    resource: 'leases.coordination.k8s.io',
    namespace: 'kube-node-lease',
    age: spec.age,
    manager: 'kubelet',
    object: {
      metadata: { name: spec.name },
      spec: {
        holderIdentity: spec.name,
        leaseDurationSeconds: 40,
        renewTime: `${seeder.ago(`${2 + index}s`).slice(0, 19)}.000000Z`,
      },
    },
  });
}
