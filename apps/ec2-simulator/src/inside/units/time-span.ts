const UNITS: Record<string, number> = {
  us: 0.001,
  usec: 0.001,
  ms: 1,
  msec: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
};

/** Milliseconds of a time span as unit files write it: `90`, `1h 30min`, `infinity`. Null: it is none. */
export function readTimeSpan(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === 'infinity') return Infinity;
  if (trimmed === '' || trimmed.length > 100) return null;
  let sum = 0;
  let rest = trimmed;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?) ?([a-z]*) ?/.exec(rest);
    const unit = match === null ? undefined : UNITS[match[2] ?? ''];
    if (match === null || unit === undefined) return null;
    sum += Number(match[1]) * unit;
    rest = rest.slice(match[0].length);
  }
  return sum;
}
