import type { RunFilter } from '@mle/protocol';
import type { Run } from '../../run-records/run.schema.js';
import { knobOf } from './run-field.js';

const PREFIX = 'knob.';

/** The names and values of `?knob.learning_rate=0.5`. */
export function knobFilters(query: RunFilter): [name: string, value: string][] {
  return Object.entries(query).flatMap(([key, value]) =>
    key.startsWith(PREFIX) && typeof value === 'string' ? [[key.slice(PREFIX.length), value] as [string, string]] : [],
  );
}

/** Numbers are the same however they are written: 0.5, .5 and 5e-1. */
export function hasKnobs(run: Pick<Run, 'knobs' | 'params'>, wanted: readonly [string, string][]): boolean {
  return wanted.every(([name, text]) => {
    const value = knobOf(run, name);
    return typeof value === 'number'
      ? text.trim() !== '' && Number(text) === value
      : value !== null && String(value) === text;
  });
}
