import type { Knob } from '@mle/protocol';
import { roundedStep } from '@mle/protocol/rounded-step';

/** What has to be known of a number to turn it. */
export type Turnable = Pick<Knob, 'kind' | 'scale'>;

/** One step of a rate: two of them are a power of ten. */
const RATIO = Math.sqrt(10);
const FINE_DIGITS = 3;

/**
 * The literal after `steps` turns, which may be parts of one: rates in equal ratios, counts by doubling, all else by a
 * tenth. It is written as a person would, and as what it was: a fraction stays one.
 */
export function turned(literal: string, { kind, scale }: Turnable, steps: number, fine = false): string {
  const value = Number(literal.replaceAll('_', ''));
  if (!Number.isFinite(value) || steps === 0) return literal;
  const count = fine ? steps / 10 : steps;
  const next = value === 0 ? zeroTurned(kind, count) : nextOf(value, scale, count);
  if (!Number.isFinite(next)) return literal;
  if (kind === 'integer') return String(wholeOf(value, next, scale, Math.sign(steps)));
  const text = plain(fine ? Number(next.toPrecision(FINE_DIGITS)) : roundedStep(next));
  return /[.e]/i.test(literal) && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function nextOf(value: number, scale: Turnable['scale'], steps: number): number {
  if (scale === 'log') return value * RATIO ** steps;
  if (scale === 'two') return value * 2 ** steps;
  return value + (Math.abs(value) * steps) / 10;
}

/** How many turns lead from one value to another; null where no number of them does. */
export function turnsBetween(from: number, to: number, scale: Turnable['scale']): number | null {
  const turns =
    scale === 'linear'
      ? ((to - from) * 10) / Math.abs(from)
      : Math.log(to / from) / Math.log(scale === 'log' ? RATIO : 2);
  return Number.isFinite(turns) ? turns : null;
}

const zeroTurned = (kind: Turnable['kind'], steps: number): number => (kind === 'integer' ? steps : steps / 10);

/** A count is whole, and moves by one at least once it was turned by half a step; one that counts something stays above 0. */
function wholeOf(from: number, to: number, scale: Turnable['scale'], way: number): number {
  const whole = Math.round(to);
  const moved = whole === from ? from + way : whole;
  return scale === 'two' && from > 0 ? Math.max(1, moved) : moved;
}

/** Without an exponent where it would be short, as in `0.0001`. */
function plain(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-6 || size >= 1e15)
    ? String(value)
    : value.toLocaleString('en', { useGrouping: false, maximumSignificantDigits: FINE_DIGITS });
}
