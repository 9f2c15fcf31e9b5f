import type { ExtendSweep } from '@mle/protocol';
import { badRequest } from '../../platform/http/problem.js';
import type { SweepRecord } from './sweeps.repository.js';

/** The settings of a sweep with what is added; null where nothing is. @throws ProblemError 400 */
export function extended(
  { settings, seeds }: Pick<SweepRecord, 'settings' | 'seeds'>,
  { values = [], seeds: more }: ExtendSweep,
): SweepRecord['settings'] | null {
  const known = new Set(settings.map(({ value }) => value));
  const unknown = more?.to?.find((value) => !known.has(value));
  if (unknown !== undefined) throw badRequest('sweep.value', `The sweep has no value ${unknown} to add seeds to.`);
  const added = values.filter((value) => !known.has(value));
  if (added.length === 0 && more === undefined) return null;
  const wants = new Set(more?.to ?? known);
  return [
    ...settings.map((setting) =>
      wants.has(setting.value) ? { ...setting, seeds: setting.seeds + (more?.add ?? 0) } : setting,
    ),
    ...added.map((value) => ({ value, seeds })),
  ];
}
