import { type KnobScale, type ParamValue, roundedStep } from '@mle/protocol';
import type { Setting } from './read/reading.js';

/** What a setting is likely to be varied over: the values, its own among them, and how they step. */
export interface Offer {
  scale: KnobScale;
  suggest: ParamValue[];
}

const SEED = /(?:^|_)(?:seed|random_?state)$/i;
/** Names whose values are felt by their ratio. */
const RATE =
  /(?:^|_)(?:lr\d?|lrf?|eta|learning_?rate|(?:weight_?|lr_?)?decay|wd|l[12]|alpha|lambda\d?|reg(?:ularization)?|eps(?:ilon)?|tol|tau|temperature)$|learningRate$|(?:weight|lr|l2)Decay$/i;
/** What is larger and whole counts something, as a frame rate does. */
const MOST_RATE = 1;
const MOST_FRACTION = 10;
/** Below it a value is felt by its ratio, whatever its name. */
const SMALL = 0.01;
/** A fraction above it is felt by its distance from 1. */
const NEAR_ONE = 0.6;

export function offerFor({ name, kind, value }: Pick<Setting, 'name' | 'kind' | 'value'>): Offer {
  if (typeof value === 'boolean') return { scale: 'linear', suggest: [false, true] };
  if (typeof value === 'string') return { scale: 'linear', suggest: [value] };
  if (kind === 'integer') return integerOffer(name, value);
  if (isRate(name, value)) return { scale: 'log', suggest: rates(value) };
  if (value >= 2 && Number.isInteger(value)) return { scale: 'two', suggest: doubled(value, (count) => count) };
  return { scale: 'linear', suggest: value > NEAR_ONE && value < 1 ? nearOne(value) : parts(value) };
}

/** Whether a value is felt by its ratio, and so may have digits behind a point though it is written without. */
export function isRate(name: string, value: number): boolean {
  const size = Math.abs(value);
  const most = Number.isInteger(value) ? MOST_RATE : MOST_FRACTION;
  return (RATE.test(name) && size <= most) || (size > 0 && size < SMALL);
}

function integerOffer(name: string, value: number): Offer {
  if (SEED.test(name)) return { scale: 'linear', suggest: [value, value + 1, value + 2] };
  if (value < 0) return { scale: 'linear', suggest: [value] };
  return {
    scale: 'two',
    suggest: value === 0 ? [0, 1, 2, 4] : doubled(value, (count) => Math.max(1, Math.round(count))),
  };
}

/** Digits of a double that are its own. */
const EXACT = 15;

function doubled(value: number, fitted: (count: number) => number): number[] {
  return ascending([value / 4, value / 2, value, value * 2, value * 4].map(fitted), value, EXACT);
}

function rates(value: number): number[] {
  if (value === 0) return [0, 0.0001, 0.001, 0.01, 0.1];
  const step = Math.sqrt(10);
  const others = [value / 10, value / step, value * step, value * 10].map(roundedStep);
  return ascending([...others, value], value, EXACT);
}

/** 0.9: 0.6, 0.8, 0.9, 0.95, 0.975. */
function nearOne(value: number): number[] {
  const rest = 1 - value;
  const values = [rest * 4, rest * 2, rest, rest / 2, rest / 4].map((distance) => 1 - distance);
  return ascending(
    values.filter((fraction) => fraction >= 0),
    value,
    6,
  );
}

/** 0.25: 0, 0.125, 0.25, 0.375, 0.5. A fraction stays below 1. */
function parts(value: number): number[] {
  if (value === 0) return [0, 0.1, 0.2, 0.4];
  const values = [0, value / 2, value, value * 1.5, value * 2];
  return ascending(
    values.filter((part) => Math.abs(value) >= 1 || Math.abs(part) < 1),
    value,
    6,
  );
}

/** Rounded as a person would write them, each once; the setting's own value stays as it is. */
function ascending(values: readonly number[], own: number, digits = 2): number[] {
  const rounded = values.map((value) => (value === own ? own : Number(value.toPrecision(digits))));
  const finite = rounded.filter((value) => Number.isFinite(value));
  return [...new Set(finite)].sort((a, b) => a - b);
}
