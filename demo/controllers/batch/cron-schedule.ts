/**
 * Cron schedules as robfig/cron's standard parser reads them: five fields with lists, ranges, steps and names, `@daily`
 * and its like, in a time zone. When both days are restricted, one of them is enough.
 */

export interface CronSchedule {
  minutes: Set<number>;
  hours: Set<number>;
  days: Set<number>;
  months: Set<number>;
  weekdays: Set<number>;
  /** `*` or `?` stands for the field. */
  isAnyDay: boolean;
  isAnyWeekday: boolean;
  timeZone: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const SHORTHANDS = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A schedule that does not come within this time never comes (30 February). */
const FARTHEST_MS = 5 * 366 * 86_400_000;

function field(written: string, least: number, most: number, names: string[] = []): Set<number> | undefined {
  const found = new Set<number>();
  const read = (text: string) => {
    const named = names.indexOf(text.toLowerCase());
    return named >= 0 ? named + least : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  };
  for (const part of written.split(',')) {
    const [range = '', step = '1', ...rest] = part.split('/');
    const isAny = range === '*' || range === '?';
    const [from = '', to, ...more] = range.split('-');
    const start = isAny ? least : read(from);
    const end = isAny || (to === undefined && part.includes('/')) ? most : read(to ?? from);
    const by = /^\d{1,2}$/.test(step) ? Number(step) : 0;
    const isValid = start >= least && end <= most && start <= end && by > 0;
    if (!isValid || rest.length > 0 || more.length > 0) return undefined;
    for (let value = start; value <= end; value += by) found.add(value);
  }
  return found;
}

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** undefined when it cannot be read: the real controller then does nothing but say so. */
export function parseSchedule(written: string, timeZone = 'UTC'): CronSchedule | undefined {
  const fields = (SHORTHANDS.get(written.trim()) ?? written).trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const minutes = field(minute, 0, 59);
  const hours = field(hour, 0, 23);
  const days = field(day, 1, 31);
  const months = field(month, 1, 12, MONTHS);
  const weekdays = field(weekday, 0, 6, WEEKDAYS);
  if (fields.length !== 5 || !isZone(timeZone)) return undefined;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const [isAnyDay, isAnyWeekday] = [/^[*?]/.test(day), /^[*?]/.test(weekday)];
  return { minutes, hours, days, months, weekdays, isAnyDay, isAnyWeekday, timeZone };
}

interface Local {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
}

function localTime(ms: number, timeZone: string): Local {
  const shown = timeZone === 'UTC' ? new Date(ms) : new Date(zoned(ms, timeZone));
  return {
    minute: shown.getUTCMinutes(),
    hour: shown.getUTCHours(),
    day: shown.getUTCDate(),
    month: shown.getUTCMonth() + 1,
    weekday: shown.getUTCDay(),
  };
}

/** The wall clock of a zone, as if it were UTC. */
function zoned(ms: number, timeZone: string): number {
  const digits = new Date(ms).toLocaleString('sv-SE', { timeZone });
  return Date.parse(`${digits.replace(' ', 'T')}Z`);
}

function isOn(schedule: CronSchedule, { day, month, weekday }: Local): boolean {
  if (!schedule.months.has(month)) return false;
  const [byDay, byWeekday] = [schedule.days.has(day), schedule.weekdays.has(weekday)];
  return schedule.isAnyDay || schedule.isAnyWeekday ? byDay && byWeekday : byDay || byWeekday;
}

/** The first time after `afterMs`, in milliseconds, or undefined when there is none. */
export function nextTime(schedule: CronSchedule, afterMs: number): number | undefined {
  let ms = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS;
  while (ms <= afterMs + FARTHEST_MS) {
    const local = localTime(ms, schedule.timeZone);
    const isHour = isOn(schedule, local) && schedule.hours.has(local.hour);
    if (isHour && schedule.minutes.has(local.minute)) return ms;
    ms += isHour ? MINUTE_MS : HOUR_MS - local.minute * MINUTE_MS;
  }
  return undefined;
}

/** The latest time in (afterMs, untilMs], or undefined when none has passed. */
export function latestTime(schedule: CronSchedule, afterMs: number, untilMs: number): number | undefined {
  let ms = Math.floor(untilMs / MINUTE_MS) * MINUTE_MS;
  const least = Math.max(afterMs, untilMs - FARTHEST_MS);
  while (ms > least) {
    const local = localTime(ms, schedule.timeZone);
    const isHour = isOn(schedule, local) && schedule.hours.has(local.hour);
    if (isHour && schedule.minutes.has(local.minute)) return ms;
    ms -= isHour ? MINUTE_MS : (local.minute + 1) * MINUTE_MS;
  }
  return undefined;
}

/** Whether more than a hundred times lie in (afterMs, untilMs], by the distance of the first two, as the real one guesses. */
export function hasManyTimes(schedule: CronSchedule, afterMs: number, untilMs: number): boolean {
  const firstMs = nextTime(schedule, afterMs);
  const secondMs = firstMs === undefined ? undefined : nextTime(schedule, firstMs);
  if (firstMs === undefined || secondMs === undefined || secondMs > untilMs) return false;
  return Math.floor((untilMs - firstMs) / (secondMs - firstMs)) + 1 > 100;
}
