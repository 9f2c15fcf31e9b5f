import {
  isTerminal,
  LIMITS,
  MOST_GROUP_RUNS,
  MOST_GROUPS,
  type RunGroup,
  type RunState,
  type Spread,
} from '@mle/protocol';
import type { Run } from '../../run-records/run.schema.js';
import { type RunField, type RunValue, valueOf } from './run-field.js';
import { compareValues } from './run-order.js';

export const GROUP_FIELDS = ['state', 'seed', 'params', 'knobs', 'metrics', 'finals'] as const;
type GroupedRun = Pick<Run, (typeof GROUP_FIELDS)[number]> & { id: string };

class Spreading {
  private n = 0;
  private sum = 0;
  private lowest = Infinity;
  private highest = -Infinity;

  /** What was printed as nan has no place among numbers. */
  add(value: number | null): void {
    if (value === null) return;
    this.n++;
    this.sum += value;
    this.lowest = Math.min(this.lowest, value);
    this.highest = Math.max(this.highest, value);
  }

  get spread(): Spread | null {
    const { n, sum, lowest, highest } = this;
    return n === 0 ? null : { n, mean: sum / n, lowest, highest };
  }
}

type Values = Readonly<Record<string, unknown>>;

interface Group {
  value: RunValue;
  runs: number;
  active: number;
  ids: string[];
  counted: Set<string>;
  seeds: Set<string>;
  /** Of the first run that counts. */
  values: Values | null;
  differs: Set<string>;
  metrics: Map<string, Record<'last' | 'min' | 'max', Spreading>>;
}

/** Gathers runs that come newest first. A run counts when it has succeeded; what ran twice counts once, as it ran last. */
export class RunGroups {
  private readonly groups = new Map<string, Group>();

  constructor(private readonly by: RunField & { of: 'knobs' | 'params' }) {}

  add(run: GroupedRun): void {
    const value = valueOf(run, this.by, null);
    const key = JSON.stringify(value);
    let group = this.groups.get(key);
    if (!group) {
      if (this.groups.size >= MOST_GROUPS) return;
      const sets = { counted: new Set<string>(), seeds: new Set<string>(), differs: new Set<string>() };
      group = { value, runs: 0, active: 0, ids: [], values: null, metrics: new Map(), ...sets };
      this.groups.set(key, group);
    }
    group.runs++;
    if (group.ids.length < MOST_GROUP_RUNS) group.ids.push(run.id);
    if (!isTerminal(run.state)) group.active++;
    if (counts(run.state)) this.count(group, run);
  }

  get items(): RunGroup[] {
    return [...this.groups.values()]
      .sort((a, b) =>
        a.value === null || b.value === null
          ? Number(a.value === null) - Number(b.value === null)
          : compareValues(a.value, b.value),
      )
      .map(({ seeds, differs, counted: _, values: __, metrics, ...group }) => ({
        ...group,
        seeds: seeds.size,
        differs: [...differs].sort().slice(0, LIMITS.knobs),
        metrics: Object.fromEntries(
          [...metrics].flatMap(([name, { last, min, max }]) =>
            last.spread === null ? [] : [[name, { last: last.spread, min: min.spread, max: max.spread }]],
          ),
        ),
      }));
  }

  private count(group: Group, run: GroupedRun): void {
    const setting = settingOf(run);
    if (group.counted.has(setting)) return;
    group.counted.add(setting);
    group.seeds.add(JSON.stringify([run.seed, run.knobs?.['seed'] ?? null]));
    this.compare(group, { ...run.params, ...run.knobs });
    for (const { name, last, min, max } of run.metrics ?? []) {
      const metric = spreadingOf(group, name);
      metric?.last.add(last);
      metric?.min.add(min);
      metric?.max.add(max);
    }
    const told = new Set((run.metrics ?? []).map(({ name }) => name));
    for (const { name, value } of run.finals ?? []) if (!told.has(name)) spreadingOf(group, name)?.last.add(value);
  }

  /** Seeds are what a group is for. */
  private compare(group: Group, values: Values): void {
    const first = (group.values ??= values);
    for (const name of new Set([...Object.keys(first), ...Object.keys(values)]))
      if (name !== 'seed' && name !== this.by.name && first[name] !== values[name]) group.differs.add(name);
  }
}

const counts = (state: RunState): boolean => state === 'succeeded';

function spreadingOf(group: Group, name: string): Record<'last' | 'min' | 'max', Spreading> | undefined {
  const known = group.metrics.get(name);
  if (known || group.metrics.size >= LIMITS.metricSeries) return known;
  const metric = { last: new Spreading(), min: new Spreading(), max: new Spreading() };
  group.metrics.set(name, metric);
  return metric;
}

/** Runs with the same seed and the same values are the same measurement. */
const settingOf = ({ seed, params, knobs }: GroupedRun): string =>
  JSON.stringify([seed, Object.entries({ ...params, ...knobs }).sort(([a], [b]) => (a < b ? -1 : 1))]);
