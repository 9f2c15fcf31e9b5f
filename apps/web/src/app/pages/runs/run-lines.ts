import { inject, Injectable } from '@angular/core';
import type { MetricDirection, RunView, ShownChange } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { shownChange, shownValue } from '@mle/protocol/shown-change';
import { shownNumber } from '@mle/protocol/shown-number';
import { Clock } from '../../core/clock';
import { ago, duration, elapsed } from '../../core/format';
import { isActive } from '../../core/protocol-values';
import { MachinesStore } from '../../machines/machines-store';
import { MetricSettingsStore } from '../../metrics/metric-settings-store';
import { PoolsStore } from '../../pools/pools-store';
import { knobOf } from '../../runs/knob-of';
import { bestOf, lastOf } from '../../runs/main-metric';
import { RunActivity } from '../../runs/run-activity';
import { outcome, runTime, runTitle } from '../../runs/run-words';

/** A run in the words of its row. */
export interface RunLine {
  run: RunView;
  /** While it has no machine, what it was sent to. */
  machine: string;
  title: string;
  changes: ShownChange[];
  started: string;
  time: string;
  last: string;
  best: string;
  lastIsBest: boolean;
  bestIsBest: boolean;
  knobs: { name: string; value: string; changed: boolean }[];
  outcome: string;
  bad: boolean;
  live: boolean;
}

/** What the columns of a list are about. */
export interface LineColumns {
  metric: string | null;
  knobs: readonly string[];
  /** The best values of the runs in the list. */
  bests: { last: number | null; best: number | null };
}

/** Says runs in the words of their rows, as they are at this moment. */
@Injectable({ providedIn: 'root' })
export class RunLines {
  private readonly machines = inject(MachinesStore);
  private readonly metricSettings = inject(MetricSettingsStore);
  private readonly pools = inject(PoolsStore);
  private readonly clock = inject(Clock);
  private readonly activity = inject(RunActivity);

  of(run: RunView, { metric, knobs, bests }: LineColumns): RunLine {
    const now = this.clock.now();
    const time = runTime(run, now);
    const waits = isActive(run.state) && run.state !== 'running';
    const last = metric === null ? undefined : lastOf(run, metric);
    const best = metric === null ? null : this.best(run, metric);
    const ended = !isActive(run.state);
    return {
      run,
      machine: run.machineName ?? this.targetOf(run),
      title: runTitle(run),
      changes: run.changes.map(shownChange),
      started: ago(run.startedAt ?? run.createdAt, now),
      time: time === null ? '–' : isActive(run.state) ? elapsed(time) : duration(time),
      last: last === undefined ? '–' : shownNumber(last),
      best: best === null ? '–' : shownNumber(best),
      lastIsBest: ended && last !== undefined && last !== null && last === bests.last,
      bestIsBest: ended && best !== null && best === bests.best,
      knobs: knobs.map((name) => {
        const value = knobOf(run, name);
        const changed = run.changes.some((change) => change.name === name);
        return { name, value: value === undefined ? '–' : shownValue(value), changed };
      }),
      outcome: waits ? this.activity.of(run) : run.state === 'succeeded' ? '' : outcome(run),
      bad: run.state === 'failed',
      live: !ended,
    };
  }

  /** Of the runs that are over. */
  bests(runs: readonly RunView[], metric: string | null): LineColumns['bests'] {
    if (metric === null) return { last: null, best: null };
    const ended = runs.filter(({ state }) => !isActive(state));
    const direction = this.direction(ended[0]?.projectId, metric);
    return {
      last: bestAmong(
        ended.map((run) => lastOf(run, metric) ?? null),
        direction,
      ),
      best: bestAmong(
        ended.map((run) => this.best(run, metric)),
        direction,
      ),
    };
  }

  direction(projectId: string | undefined, metric: string): MetricDirection | null {
    const chosen = projectId === undefined ? undefined : this.metricSettings.direction(projectId, metric);
    return chosen ?? metricDirection(metric);
  }

  private best(run: RunView, metric: string): number | null {
    const summary = run.metrics[metric];
    return summary ? bestOf(metric, summary, this.metricSettings.direction(run.projectId, metric)) : null;
  }

  private targetOf({ target }: RunView): string {
    if (target === null) return 'any machine';
    const found =
      'poolId' in target
        ? this.pools.list().find(({ id }) => id === target.poolId)
        : this.machines.get(target.machineId);
    return found?.name ?? '–';
  }
}

function bestAmong(values: readonly (number | null)[], direction: MetricDirection | null): number | null {
  const found = values.filter((value) => value !== null);
  if (found.length === 0 || direction === null) return null;
  return found.reduce((a, b) => (direction === 'lower' ? Math.min(a, b) : Math.max(a, b)));
}
