import type { ParamValue, RunView } from '@mle/protocol';
import { knobOf } from '../../runs/knob-of';

const MOST = 6;

/** The knobs that tell these runs apart, those with the most values first. */
export function knobColumns(runs: readonly RunView[]): string[] {
  const values = new Map<string, Set<ParamValue | undefined>>();
  for (const { knobs, params } of runs)
    for (const given of [knobs, params])
      for (const name of Object.keys(given)) if (!values.has(name)) values.set(name, new Set());
  for (const [name, found] of values) for (const run of runs) found.add(knobOf(run, name));
  return [...values]
    .filter(([, found]) => found.size > 1)
    .sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST)
    .map(([name]) => name);
}

/** As the server compares: numbers are the same however they are written. */
export function hasKnob(run: Pick<RunView, 'knobs' | 'params'>, name: string, text: string): boolean {
  const value = knobOf(run, name);
  if (typeof value === 'number') return text.trim() !== '' && Number(text) === value;
  return value !== undefined && String(value) === text;
}
