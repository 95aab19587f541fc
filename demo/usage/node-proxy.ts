/**
 * What answers behind the API server's proxy of a node: the kubelet (port 10250, the one without a port too) and
 * node-exporter (port 9100). GET only; everything else on a node is the "404 page not found" of those programs.
 */
import { cadvisorMetrics } from './cadvisor-metrics.ts';
import { nodeExporterText } from './node-exporter.ts';
import { resourceMetrics } from './resource-metrics.ts';
import { statsSummary } from './stats-summary.ts';
import type { Usage } from './usage.ts';

export interface Proxied {
  code: number;
  body: string;
  contentType: string;
}

/** `worker-1`, `worker-1:9100` or `https:worker-1:10250`, as the name in the URL is written. */
export function proxyTarget(written: string): { name: string; port: string } {
  const parts = written.split(':');
  if (parts.length === 3) return { name: parts[1] as string, port: parts[2] as string };
  return { name: parts[0] as string, port: parts[1] ?? '' };
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const NOT_FOUND: Proxied = {
  code: 404,
  body: '404 page not found\n',
  contentType: 'text/plain; charset=utf-8',
};

/** The answer of a node's port at a path (`/stats/summary`), or undefined when nothing listens on that port. */
export function proxied(usage: Usage, node: string, port: string, path: string): Proxied | undefined {
  if (!['', '10250', '9100'].includes(port)) return undefined;
  const use = usage.node(node);
  if (!use) return undefined;
  const atMs = usage.sampledMs();
  const text = (body: string): Proxied => ({ code: 200, body, contentType: TEXT });
  if (port === '9100')
    return path === '/metrics' ? text(nodeExporterText(use, usage.load(node), atMs)) : NOT_FOUND;
  if (path === '/metrics/resource') return text(resourceMetrics(use, atMs));
  if (path === '/metrics/cadvisor') return text(cadvisorMetrics(use, atMs));
  if (path !== '/stats/summary' && path !== '/stats/summary/') return NOT_FOUND;
  return { code: 200, body: JSON.stringify(statsSummary(use, atMs)), contentType: 'application/json' };
}
