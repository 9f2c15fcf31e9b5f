import { nextElapse, readCalendarEvent } from './calendar.js';
import { readTimeSpan } from './time-span.js';

const next = (text: string, after: string): string | null => {
  const event = readCalendarEvent(text);
  if (event === null) throw new Error(`${text} is not understood.`);
  const time = nextElapse(event, Date.parse(after));
  return time === null ? null : new Date(time).toISOString();
};

test.each([
  ['2026-07-01 12:34:56 UTC', '2026-06-30T00:00:00Z', '2026-07-01T12:34:56.000Z'],
  ['2026-07-01 12:34:56 UTC', '2026-07-01T12:34:55.999Z', '2026-07-01T12:34:56.000Z'],
  ['2026-07-01 12:34:56 UTC', '2026-07-01T12:34:56Z', null],
  ['@1782909296', '2026-06-30T00:00:00Z', '2026-07-01T12:34:56.000Z'],
  ['*-*-* *:*:00 UTC', '2026-02-28T23:59:30Z', '2026-03-01T00:00:00.000Z'],
  ['*:0/15 UTC', '2026-01-01T10:14:00Z', '2026-01-01T10:15:00.000Z'],
  ['Mon..Fri 09:00 UTC', '2026-08-01T00:00:00Z', '2026-08-03T09:00:00.000Z'],
  ['Sat,Sun *-*-* 00:00:00 UTC', '2026-08-02T00:00:00Z', '2026-08-08T00:00:00.000Z'],
  ['*-02-29 00:00 UTC', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['02-01..03 UTC', '2026-02-01T00:00:00Z', '2026-02-02T00:00:00.000Z'],
  ['*-*-* 00:00:10,40 UTC', '2026-01-01T00:00:10Z', '2026-01-01T00:00:40.000Z'],
])('%s after %s: %s', (text, after, expected) => {
  expect(next(text, after)).toBe(expected);
});

test('without UTC it is the local time', () => {
  const local = new Date(2026, 6, 1, 8, 30);
  expect(next('2026-07-01 08:30', '2026-06-01T00:00:00Z')).toBe(local.toISOString());
});

test.each([
  '',
  'tomorrow',
  '2026-13-01',
  '*-*-* 25:00',
  '*:0/0',
  '*-*-* 00:00 Mars/Olympus',
  '2026-07-01 12:00:00 UTC UTC',
])('"%s" is refused', (text) => {
  expect(readCalendarEvent(text)).toBeNull();
});

test.each([
  ['90', 90_000],
  ['15min', 900_000],
  ['1h 30min', 5_400_000],
  ['2d', 172_800_000],
  ['500ms', 500],
  ['infinity', Infinity],
  ['soon', null],
  ['5 parsecs', null],
  ['', null],
])('the time span "%s" is %p', (text, expected) => {
  expect(readTimeSpan(text)).toBe(expected);
});
