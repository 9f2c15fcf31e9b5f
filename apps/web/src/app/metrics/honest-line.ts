import type { RunView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { shownChange } from '@mle/protocol/shown-change';
import { shownNumber } from '@mle/protocol/shown-number';
import { lastOf } from '../runs/main-metric';
import { mainFamily, metricFamilies } from './metric-families';

type Told = Pick<RunView, 'number' | 'file' | 'changes' | 'metrics' | 'finals'>;

/** What may be said of a run that came to its end, beside the run before it. */
export interface HonestLine {
  values: string;
  /** In what the two differ, and what follows from it. */
  differs: string;
  /** More seeds would tell more. */
  wantsSeeds: boolean;
}

/** The metric that a run is judged by: what is measured on held-out data, if anything is. Null without numbers. */
export const judgedBy = ({ metrics }: Pick<RunView, 'metrics'>): string | null => judgedOf(Object.keys(metrics));

/** The same of runs that have metrics of these names. */
export function judgedOf(names: readonly string[]): string | null {
  const families = metricFamilies(names).filter(({ members }) =>
    members.some(({ name }) => metricDirection(name) !== null),
  );
  return mainFamily(families)?.members.at(-1)?.name ?? null;
}

/** Null where the run printed nothing that it can be judged by. */
export function honestLine(run: Told, before: Told | null): HonestLine | null {
  const name = judgedBy(run);
  if (name === null) return null;
  const own = `${name} ${shownNumber(lastOf(run, name) ?? null)}`;
  if (before === null) return { values: own, differs: firstOf(run), wantsSeeds: false };
  const other = lastOf(before, name);
  const values = other === undefined ? own : `${own}, #${before.number} had ${shownNumber(other)}`;
  const [first, ...more] = run.changes;
  if (first === undefined) return { values, differs: `Nothing differs from #${before.number}.`, wantsSeeds: false };
  if (more.length > 0) {
    const names = run.changes.slice(0, 3).map((change) => change.name);
    const listed = `${names.join(', ')}${run.changes.length > names.length ? ' and more' : ''}`;
    const differs = `Differs in ${run.changes.length} things (${listed}): their effects cannot be told apart.`;
    return { values, differs, wantsSeeds: false };
  }
  if (first.kind === 'seed')
    return { values, differs: 'Only the seed differs: the difference is chance.', wantsSeeds: false };
  const { name: what, was, now } = shownChange(first);
  const change = was === null ? `${what} ${now}` : `${what} ${was} → ${now}`;
  return {
    values,
    differs: `${change}, nothing else differs. One seed each: it may be chance.`,
    wantsSeeds: other !== undefined,
  };
}

const firstOf = ({ file }: Told): string =>
  `The first run of ${file ?? 'this command'}. Change one value and press Go to see what that does.`;
