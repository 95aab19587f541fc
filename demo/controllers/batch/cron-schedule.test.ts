import { expect, test } from 'vitest';
import { type CronSchedule, latestTime, nextTime, parseSchedule } from './cron-schedule.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number | undefined) =>
  ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16);
const parsed = (written: string, zone?: string) => parseSchedule(written, zone) as CronSchedule;

test.each([
  ['*/15 * * * *', '2026-11-22T12:00:30Z', '2026-11-22T12:15'],
  ['0 3 * * *', '2026-11-22T12:00:00Z', '2026-11-23T03:00'],
  ['30 6 * * mon-fri', '2026-11-22T12:00:00Z', '2026-11-23T06:30'],
  ['0 0 1 jan,jul *', '2026-11-22T12:00:00Z', '2027-01-01T00:00'],
  ['0 0 29 2 *', '2026-11-22T12:00:00Z', '2028-02-29T00:00'],
  ['@hourly', '2026-11-22T12:00:00Z', '2026-11-22T13:00'],
  // Either of two restricted days will do: the 25th or a Monday.
  ['0 0 25 * 1', '2026-11-23T12:00:00Z', '2026-11-25T00:00'],
])('%s after %s is %s', (written, after, next) =>
  expect(iso(nextTime(parsed(written), at(after)))).toBe(next),
);

test('a time zone moves the hours', () => {
  const daily = parsed('0 3 * * *', 'Asia/Kolkata');
  expect(iso(nextTime(daily, at('2026-11-22T12:00:00Z')))).toBe('2026-11-22T21:30');
});

test('the latest time is the one before now and after the last', () => {
  const often = parsed('*/10 * * * *');
  const [last, now] = [at('2026-11-22T12:00:00Z'), at('2026-11-22T12:25:10Z')];
  expect(iso(latestTime(often, last, now))).toBe('2026-11-22T12:20');
  expect(latestTime(often, at('2026-11-22T12:20:00Z'), now)).toBeUndefined();
});

test('what never comes is said so', () => {
  expect(nextTime(parsed('0 0 30 2 *'), at('2026-11-22T12:00:00Z'))).toBeUndefined();
});

test.each([
  '',
  '* * * *',
  '60 * * * *',
  '*/0 * * * *',
  '5-1 * * * *',
  'x * * * *',
  '1,,2 * * * *',
  '1/2/3 * * * *',
])('%j cannot be read', (written) => expect(parseSchedule(written)).toBeUndefined());

test('a time zone that is none cannot be read', () => {
  expect(parseSchedule('* * * * *', 'Nowhere/At-all')).toBeUndefined();
});
