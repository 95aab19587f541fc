/** Filters of what a node has only so much of: host ports, and room for requests. */
import { number, objects, text } from '../../base/json.ts';
import type { Pod } from '../../base/types.ts';
import { requestsOf } from '../node-info.ts';
import { type FilterPlugin, type Refusal, refusal } from '../plugin.ts';

interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

const ANY = '0.0.0.0';

export const hostPortsOf = (pod: Pod): HostPort[] =>
  [...objects(pod.spec.containers), ...objects(pod.spec.initContainers).filter(isSidecar)]
    .flatMap(({ ports }) => objects(ports))
    .filter(({ hostPort }) => number(hostPort) > 0)
    .map(({ hostIP, protocol, hostPort }) => ({
      ip: text(hostIP) || ANY,
      protocol: text(protocol) || 'TCP',
      port: number(hostPort),
    }));

const isSidecar = ({ restartPolicy }: { restartPolicy?: unknown }) => restartPolicy === 'Always';

const collide = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY || b.ip === ANY);

export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  helpedBy: ['node-added', 'pod-gone'],
  prepare: (pod) => {
    const wanted = hostPortsOf(pod);
    if (wanted.length === 0) return undefined;
    return {
      check: ({ pods }) => {
        for (const other of pods.values())
          if (hostPortsOf(other).some((taken) => wanted.some((port) => collide(port, taken))))
            return refusal("node(s) didn't have free ports for the requested pod ports", true);
        return undefined;
      },
    };
  },
};

export const nodeResourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  helpedBy: ['node-added', 'node-room', 'pod-gone'],
  prepare: (pod) => {
    const wanted = [...requestsOf(pod).amounts].filter(([, amount]) => amount > 0);
    return {
      check: ({ pods, allocatable, requested }): Refusal | undefined => {
        const reasons: string[] = [];
        let isResolvable = true;
        if ((pods.size + 1) * 1000 > (allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
        for (const [name, amount] of wanted) {
          const most = allocatable.get(name) ?? 0;
          if (amount <= most - (requested.get(name) ?? 0)) continue;
          reasons.push(`Insufficient ${name}`);
          isResolvable &&= amount <= most;
        }
        return reasons.length > 0 ? { reasons, isResolvable } : undefined;
      },
    };
  },
};
