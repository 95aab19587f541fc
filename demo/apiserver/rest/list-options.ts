/** The options of list and watch, checked as the real server checks them. */
import { ApiError, badRequest, invalid } from '../meta/status.ts';

export interface ListOptions {
  limit: number;
  continueToken: string;
  resourceVersion: number | undefined;
  match: '' | 'Exact' | 'NotOlderThan';
  timeoutSeconds: number | undefined;
  allowsBookmarks: boolean;
  sendsInitialEvents: boolean | undefined;
}

const isTrue = (value: string | null) => value === 'true' || value === '1';

export function readListOptions(query: URLSearchParams): ListOptions {
  const match = query.get('resourceVersionMatch') ?? '';
  const written = query.get('resourceVersion') ?? '';
  const initial = query.get('sendInitialEvents');
  const isWatch = isTrue(query.get('watch'));
  const options: ListOptions = {
    limit: readInteger(query.get('limit')) ?? 0,
    continueToken: query.get('continue') ?? '',
    resourceVersion: readRevision(written, isWatch),
    match: match as ListOptions['match'],
    timeoutSeconds: readInteger(query.get('timeoutSeconds')),
    allowsBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendsInitialEvents: initial === null ? undefined : isTrue(initial),
  };
  checkMatch(options, match, written, isWatch);
  return options;
}

function readInteger(written: string | null): number | undefined {
  if (written === null || written === '') return undefined;
  if (!/^-?\d{1,18}$/.test(written))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(written)}: invalid syntax`);
  return Number(written);
}

/** Throws ApiError; a watch and a get find a bad one out below the layer that words errors. */
export function readRevision(written: string, isBelow: boolean): number | undefined {
  if (written === '') return undefined;
  if (/^\d{1,18}$/.test(written)) return Number(written);
  const shown = JSON.stringify(written);
  const words = `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`;
  if (isBelow) throw new ApiError(500, '', words);
  throw badRequest(`invalid resource version: ${words}`);
}

const faulty = (field: string, words: string) =>
  invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
    { field, reason: 'FieldValueForbidden', message: `Forbidden: ${words}` },
  ]);

function checkMatch(options: ListOptions, match: string, written: string, isWatch: boolean): void {
  if (isWatch) {
    if (options.sendsInitialEvents !== undefined && match !== 'NotOlderThan') {
      throw faulty(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      );
    }
    if (match !== '' && options.sendsInitialEvents === undefined)
      throw faulty(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      );
    return;
  }
  if (options.sendsInitialEvents !== undefined) {
    throw faulty('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  }
  if (match === '') return;
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      {
        field: 'resourceVersionMatch',
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
      },
    ]);
  }
  if (written === '')
    throw faulty(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  if (options.continueToken !== '')
    throw faulty('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  if (match === 'Exact' && written === '0')
    throw faulty('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
}

/** What a Table's rows carry of their objects. Throws ApiError 400. */
export function checkIncludeObject(query: URLSearchParams): void {
  const wanted = query.get('includeObject') ?? '';
  if (!['', 'None', 'Metadata', 'Object'].includes(wanted)) {
    throw badRequest(`unrecognized includeObject value: ${JSON.stringify(wanted)}`);
  }
}
