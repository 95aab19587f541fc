/** PodLogOptions from a query. Throws ApiError: 400 for what cannot be read, 422 for what cannot be meant. */
import { badRequest, type FieldFault, invalid, invalidValue } from '../meta/status.ts';
import { flag } from './pod-container.ts';

export interface LogOptions {
  container: string;
  isFollowing: boolean;
  isPrevious: boolean;
  hasTimestamps: boolean;
  sinceSeconds: number | undefined;
  sinceMs: number | undefined;
  tailLines: number | undefined;
  limitBytes: number | undefined;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function whole(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^[+-]?\d+$/.test(value))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

function time(query: URLSearchParams): number | undefined {
  const value = query.get('sinceTime') ?? '';
  if (value === '') return undefined;
  const ms = RFC3339.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  const quoted = JSON.stringify(value);
  throw badRequest(`parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`);
}

const tooSmall = (field: string, value: number | undefined, least: 0 | 1): FieldFault[] =>
  value === undefined || value >= least
    ? []
    : [
        invalidValue(
          field,
          value,
          least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0',
        ),
      ];

const forbidden = (field: string, why: string): FieldFault => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
});

export function readLogOptions(name: string, query: URLSearchParams): LogOptions {
  const options: LogOptions = {
    container: query.get('container') ?? '',
    isFollowing: flag(query, 'follow'),
    isPrevious: flag(query, 'previous'),
    hasTimestamps: flag(query, 'timestamps'),
    sinceSeconds: whole(query, 'sinceSeconds'),
    sinceMs: time(query),
    tailLines: whole(query, 'tailLines'),
    limitBytes: whole(query, 'limitBytes'),
  };
  const { tailLines, limitBytes, sinceSeconds, sinceMs } = options;
  const faults = [...tooSmall('tailLines', tailLines, 0), ...tooSmall('limitBytes', limitBytes, 1)];
  if (sinceSeconds !== undefined && sinceMs !== undefined)
    faults.push(forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else faults.push(...tooSmall('sinceSeconds', sinceSeconds, 1));
  if (query.has('stream')) faults.push(forbidden('stream', 'may not be specified'));
  if (faults.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, faults);
  return options;
}
