import type { Knob, ParamValue } from '@mle/protocol';
import { plural } from '../core/format';

/** What a typed text is as a value of a knob; null where it is none. */
export function typedValue(text: string, { kind }: Pick<Knob, 'kind'>): ParamValue | null {
  const trimmed = text.trim().replaceAll('−', '-');
  if (trimmed === '') return null;
  if (kind === 'boolean') return /^true$/i.test(trimmed) ? true : /^false$/i.test(trimmed) ? false : null;
  if (kind === 'text' || kind === 'choice') return trimmed;
  const value = Number(trimmed);
  return Number.isFinite(value) && (kind === 'number' || Number.isInteger(value)) ? value : null;
}

/** A limit as it is typed: undefined where none is, null where the text is no number above zero. */
export function typedLimit(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** The value of the code first: what the others are judged against. */
export const valuesInOrder = (knob: Knob, chosen: readonly ParamValue[]): ParamValue[] => [
  knob.value,
  ...sorted(chosen.filter((value) => value !== knob.value)),
];

/** Numbers by size, all else as they came. */
export const sorted = (values: readonly ParamValue[]): ParamValue[] =>
  values.every((value) => typeof value === 'number') ? [...values].sort((a, b) => a - b) : [...values];

/** How the offered values came to be. */
export function offerWords({ kind, scale, suggest }: Pick<Knob, 'kind' | 'scale' | 'suggest'>): string {
  if (kind === 'choice') return `${plural(suggest.length, 'choice')} that the program names.`;
  if (kind === 'text') return 'A text: add the values that the program knows.';
  if (kind === 'boolean') return 'On and off.';
  if (scale === 'log') return 'A rate: offered in equal ratios around the value it has.';
  return scale === 'two' ? 'A count: offered by doubling.' : 'Offered in equal parts around the value it has.';
}
