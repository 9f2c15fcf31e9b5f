import type { ParamValue, RunView } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';

/** One thing that a person can set of a run, with what it was in each of several runs; null: not set. */
export interface Setting {
  name: string;
  values: readonly (ParamValue | null)[];
}

const SEED = 'seed';

/** Knobs, parameters that are none, the seed and the arguments of `runs`, in the order in which they are met. */
export function settingsOf(runs: readonly RunView[]): Setting[] {
  const columns = runs.map(valuesOf);
  const names = [...new Set(columns.flatMap((values) => [...values.keys()]))];
  return names.map((name) => ({ name, values: columns.map((values) => values.get(name) ?? null) }));
}

export const differs = ({ values }: Setting): boolean => values.some((value) => value !== values[0]);

/** A name for each run by what tells it from the others: `learning_rate 0.5, seed 1`; empty where nothing does. */
export function titlesOf(runs: readonly RunView[]): string[] {
  const differing = settingsOf(runs).filter(differs);
  return runs.map((_, i) =>
    differing
      .flatMap(({ name, values }) => (values[i] === null ? [] : [`${name} ${shownValue(values[i] ?? null)}`]))
      .join(', '),
  );
}

function valuesOf({ knobs, params, seed, args }: RunView): Map<string, ParamValue> {
  const values = new Map<string, ParamValue>([...Object.entries(params), ...Object.entries(knobs)]);
  if (!values.has(SEED)) values.set(SEED, seed);
  if (args.length > 0) values.set('arguments', args.join(' '));
  return values;
}
