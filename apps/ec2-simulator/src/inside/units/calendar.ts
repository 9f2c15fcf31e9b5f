const SHORTHANDS: Record<string, string> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  yearly: '*-01-01 00:00:00',
};
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const LATEST_YEAR = 2199;

/** The values that a part of a date can have, in ascending order. */
type Values = readonly number[];

/** A calendar event of a timer: a moment, or a pattern of moments. */
export interface CalendarEvent {
  weekdays: Values;
  years: Values;
  months: Values;
  days: Values;
  hours: Values;
  minutes: Values;
  seconds: Values;
  isUtc: boolean;
}

/** Reads `OnCalendar=`. Null: it is none, or of a kind that is not imitated. */
export function readCalendarEvent(text: string): CalendarEvent | null {
  const epoch = /^@(\d{1,11})$/.exec(text.trim());
  if (epoch !== null)
    return readCalendarEvent(`${new Date(Number(epoch[1]) * 1000).toISOString().replace('T', ' ').slice(0, 19)} UTC`);
  if (text.length > 200) return null;
  const words = (SHORTHANDS[text.trim().toLowerCase()] ?? text).trim().split(/\s+/);
  const isUtc = words.at(-1) === 'UTC';
  if (isUtc) words.pop();
  const weekdays = /^[a-z]/i.test(words[0] ?? '') ? readWeekdays(words.shift() ?? '') : range(0, 6);
  const time = words.at(-1)?.includes(':') === true ? (words.pop() ?? '') : '00:00:00';
  const date = words.shift() ?? '*-*-*';
  if (words.length > 0) return null;
  const dateParts = date.split('-');
  if (dateParts.length === 2) dateParts.unshift('*');
  const timeParts = time.split(':');
  if (timeParts.length === 2) timeParts.push('00');
  if (dateParts.length !== 3 || timeParts.length !== 3) return null;
  const limits = [
    [1970, LATEST_YEAR],
    [1, 12],
    [1, 31],
    [0, 23],
    [0, 59],
    [0, 59],
  ] as const;
  const parts = [...dateParts, ...timeParts].map((part, n) => readPart(part, limits[n]?.[0] ?? 0, limits[n]?.[1] ?? 0));
  const [years, months, days, hours, minutes, seconds] = parts;
  if (weekdays === null || !years || !months || !days || !hours || !minutes || !seconds) return null;
  return { weekdays, years, months, days, hours, minutes, seconds, isUtc };
}

/** The first moment of the event after a time, in milliseconds; null where none is left. */
export function nextElapse(event: CalendarEvent, after: number): number | null {
  const zone = event.isUtc ? 0 : new Date(after).getTimezoneOffset() * 60_000;
  // Dates are counted in UTC, moved by the zone: a local clock would have days of 23 and 25 hours.
  const first = new Date(after - zone);
  for (const year of event.years) {
    if (year < first.getUTCFullYear()) continue;
    for (const month of event.months) {
      if (Date.UTC(year, month, 1) <= first.getTime()) continue;
      for (const day of event.days) {
        const midnight = Date.UTC(year, month - 1, day);
        const date = new Date(midnight);
        if (date.getUTCMonth() !== month - 1 || !event.weekdays.includes(date.getUTCDay())) continue;
        if (midnight + 86_400_000 <= first.getTime()) continue;
        const found = firstOfDay(event, midnight, first.getTime());
        if (found !== null) return found + zone;
      }
    }
  }
  return null;
}

function firstOfDay({ hours, minutes, seconds }: CalendarEvent, midnight: number, after: number): number | null {
  for (const hour of hours) {
    if (midnight + (hour + 1) * 3_600_000 <= after) continue;
    for (const minute of minutes) {
      const base = midnight + hour * 3_600_000 + minute * 60_000;
      const second = seconds.find((candidate) => base + candidate * 1000 > after);
      if (second !== undefined) return base + second * 1000;
    }
  }
  return null;
}

function readWeekdays(text: string): Values | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [from = '', to = from] = part.split('..');
    const [first, last] = [from, to].map((name) => DAYS.indexOf(name.slice(0, 3).toLowerCase()));
    if (first === undefined || last === undefined || first < 0 || last < 0) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === last) break;
    }
  }
  return [...found];
}

/** A list of values, ranges and steps: `*`, `7`, `1..5`, `0/15`. */
function readPart(text: string, least: number, most: number): Values | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d{1,4})(?:\.\.(\d{1,4}))?)(?:\/(\d{1,4}))?$/.exec(part);
    if (match === null) return null;
    const [, from, to, step] = match;
    const first = from === undefined ? least : Number(from);
    const last = to !== undefined ? Number(to) : from === undefined || step !== undefined ? most : first;
    if (first < least || last > most || step === '0') return null;
    for (let value = first; value <= last; value += Number(step ?? 1)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function range(from: number, to: number): Values {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
