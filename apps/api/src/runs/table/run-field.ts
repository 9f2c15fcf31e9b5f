import type { MetricDirection, ParamValue } from '@mle/protocol';
import type { Run } from '../../run-records/run.schema.js';

/** What runs are sorted by. */
export type RunField =
  | { of: 'createdAt' | 'durationMs' }
  | { of: 'knobs' | 'params' | 'finals'; name: string }
  | { of: 'metrics'; name: string; which: 'last' | 'best' };

/** What of a run tells its values. */
export type RunValues = Pick<Run, 'params' | 'knobs' | 'metrics' | 'finals'> &
  Partial<Pick<Run, 'attempt' | 'attempts'>> & { id: string };
export type RunValue = ParamValue | null;

/** `-metrics.val_loss.best`, without its minus. */
export function runField(text: string): RunField {
  const at = text.indexOf('.');
  const of = at === -1 ? text : text.slice(0, at);
  const name = text.slice(at + 1);
  if (of === 'durationMs' || of === 'createdAt') return { of };
  if (of !== 'metrics') return { of: of === 'finals' || of === 'params' ? of : 'knobs', name };
  return { of, name: name.slice(0, name.lastIndexOf('.')), which: name.endsWith('.best') ? 'best' : 'last' };
}

/** Which fields of a run have to be read for it. */
export function fieldsOf({ of }: RunField): (keyof Run)[] {
  if (of === 'durationMs') return ['attempt', 'attempts'];
  if (of === 'metrics') return ['metrics', 'finals'];
  return of === 'createdAt' ? [] : of === 'knobs' ? ['knobs', 'params'] : [of];
}

/** Null where the run has no such value, or printed nan. `better` is needed for the best of a metric alone. */
export function valueOf(run: RunValues, field: RunField, better: MetricDirection | null): RunValue {
  switch (field.of) {
    case 'createdAt':
      return run.id;
    case 'durationMs': {
      const now = run.attempts?.[(run.attempt ?? 0) - 1];
      return now?.startedAt && now.finishedAt ? now.finishedAt.getTime() - now.startedAt.getTime() : null;
    }
    case 'knobs':
      return knobOf(run, field.name);
    case 'params':
      return own(run.params, field.name);
    case 'finals':
      return finalOf(run, field.name);
    case 'metrics': {
      const summary = (run.metrics ?? []).find(({ name }) => name === field.name);
      if (!summary) return finalOf(run, field.name);
      return field.which === 'last' ? summary.last : better === 'lower' ? summary.min : summary.max;
    }
  }
}

/** What its file had there, or what it was given: a parameter need not stand in the file. */
export const knobOf = (run: Pick<Run, 'knobs' | 'params'>, name: string): RunValue =>
  own(run.knobs ?? {}, name) ?? own(run.params, name);

const own = (values: Record<string, ParamValue>, name: string): RunValue =>
  Object.hasOwn(values, name) ? (values[name] ?? null) : null;

const finalOf = (run: Pick<Run, 'finals'>, wanted: string): number | null =>
  (run.finals ?? []).find(({ name }) => name === wanted)?.value ?? null;
