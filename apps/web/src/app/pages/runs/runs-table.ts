import { NgTemplateOutlet } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  type ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
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
import { Icon } from '../../ui/icon';
import { StateChip } from '../../ui/state-chip';
import type { RunColumn } from './run-columns';
import { RunCurves } from './run-curves';
import { RunFoldRow } from './run-fold-row';
import type { RunFold, RunRow } from './run-rows';
import { nextSort } from './runs-choice';

/** Scrolled further than this, the list is not at its top. */
const TOP_PX = 24;
/** How often the small curve of a run on its way is read again. */
const CURVE_EVERY_MS = 10_000;

interface Row {
  id: string;
  fold: null;
  run: RunView;
  inFold: boolean;
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

/** The list of runs: one row each, chosen by their boxes, walked through by J and K. */
@Component({
  selector: 'mle-runs-table',
  imports: [Icon, NgTemplateOutlet, RouterLink, RunFoldRow, StateChip],
  providers: [RunCurves],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './runs-table.html',
  styleUrl: './runs-table.scss',
})
export class RunsTable {
  readonly items = input.required<readonly RunRow[]>();
  readonly shown = input.required<ReadonlySet<RunColumn>>();
  readonly chosen = input.required<ReadonlySet<string>>();
  /** The metric of the two columns, or null without one. */
  readonly metric = input<string | null>(null);
  /** The project stands with each run. */
  readonly ofAllProjects = input(false);
  readonly more = input(false);
  /** The columns of knobs. */
  readonly knobs = input<readonly string[]>([]);
  readonly sort = input.required<string>();
  readonly sorted = output<string>();
  readonly choose = output<{ id: string; on: boolean; range: boolean }>();
  readonly chooseFold = output<{ fold: RunFold; on: boolean }>();
  readonly chooseAll = output<boolean>();
  readonly toggled = output<RunFold>();
  readonly loadMore = output();
  /** Whether the first row can be seen. */
  readonly atTop = output<boolean>();

  private readonly machines = inject(MachinesStore);
  private readonly metricSettings = inject(MetricSettingsStore);
  private readonly pools = inject(PoolsStore);
  private readonly clock = inject(Clock);
  protected readonly curves = inject(RunCurves);
  private readonly activity = inject(RunActivity);
  private readonly body = viewChild.required<ElementRef<HTMLElement>>('body');
  private readonly place = signal<string | null>(null);
  private readonly runs = computed(() => this.items().flatMap(({ run }) => run ?? []));
  private readonly projectId = computed(() => {
    const [first] = this.items();
    return (first?.run ?? first?.fold?.first)?.projectId;
  });
  /** Said only where it is known which way is better. */
  protected readonly bestShown = computed(() => {
    const name = this.metric();
    return name !== null && this.shown().has('best') && this.direction(this.projectId(), name) !== null;
  });
  /** The columns ahead of and behind the knobs that the list can be sorted by. */
  protected readonly knobsShown = computed(() => (this.shown().has('knobs') ? this.knobs() : []));
  /** Of the runs shown that are over, ties too. */
  private readonly bests = computed(() => {
    const name = this.metric();
    if (name === null) return { last: null, best: null };
    const ended = this.runs().filter(({ state }) => !isActive(state));
    const direction = this.direction(ended[0]?.projectId, name);
    return {
      last: bestAmong(
        ended.map((run) => lastOf(run, name) ?? null),
        direction,
      ),
      best: bestAmong(
        ended.map((run) => this.best(run, name)),
        direction,
      ),
    };
  });
  protected readonly rows = computed(() =>
    this.items().map((item) => (item.fold ? { ...item, inFold: false } : this.row(item))),
  );
  protected readonly count = computed(() => this.items().filter((item) => this.chosenOf(item) > 0).length);
  protected readonly allChosen = computed(() =>
    this.items().every((item) => this.chosenOf(item) === (item.fold ? item.fold.runs.length : 1)),
  );

  /** The numbers of a run on its way ask for nothing; its curve grows at each turn of the clock. */
  private readonly curvesAsked = computed(
    () => {
      const [name, turn] = [this.metric(), Math.floor(this.clock.now() / CURVE_EVERY_MS)];
      if (name === null || !this.shown().has('last')) return { name: '', versions: [] };
      const printed = this.runs().filter(({ metrics }) => metrics[name] !== undefined);
      const versionOf = (state: RunView['state']): string => (isActive(state) ? String(turn) : state);
      return { name, versions: printed.map(({ id, state }) => ({ id, version: versionOf(state) })) };
    },
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );

  constructor() {
    effect(() => {
      const { name, versions } = this.curvesAsked();
      void this.curves.load(name, versions);
    });
  }

  /** The row that the keys act on. */
  focused(): RunRow | null {
    return this.items().find(({ id }) => id === this.place()) ?? null;
  }

  move(by: number): void {
    const items = this.items();
    const at = items.findIndex(({ id }) => id === this.place());
    const next = items[Math.max(0, Math.min(items.length - 1, at === -1 ? 0 : at + by))];
    if (next) this.focus(next.id);
  }

  focus(id: string): void {
    this.place.set(id);
    const rows = [...this.body().nativeElement.querySelectorAll<HTMLElement>('[data-row]')];
    const row = rows.find(({ dataset }) => dataset['row'] === id);
    row?.querySelector<HTMLElement>('.c-run :is(a, button)')?.focus();
  }

  toTop(): void {
    this.body().nativeElement.scrollTo({ top: 0 });
  }

  protected onFocus(id: string): void {
    this.place.set(id);
  }

  protected onScroll(): void {
    this.atTop.emit(this.body().nativeElement.scrollTop < TOP_PX);
  }

  private chosenOf({ run, fold }: RunRow): number {
    return (fold?.runs ?? [run]).filter((each) => each !== null && this.chosen().has(each.id)).length;
  }

  private row({ run, inFold }: RunRow & { run: RunView }): Row {
    const now = this.clock.now();
    const time = runTime(run, now);
    const waits = isActive(run.state) && run.state !== 'running';
    const name = this.metric();
    const last = name === null ? undefined : lastOf(run, name);
    const best = name === null ? null : this.best(run, name);
    const bests = this.bests();
    const ended = !isActive(run.state);
    return {
      ...{ id: run.id, fold: null, run, inFold },
      machine: run.machineName ?? this.targetOf(run),
      title: runTitle(run),
      changes: run.changes.map(shownChange),
      started: ago(run.startedAt ?? run.createdAt, now),
      time: time === null ? '–' : isActive(run.state) ? elapsed(time) : duration(time),
      last: last === undefined ? '–' : shownNumber(last),
      best: best === null ? '–' : shownNumber(best),
      lastIsBest: ended && last !== undefined && last !== null && last === bests.last,
      bestIsBest: ended && best !== null && best === bests.best,
      knobs: this.knobsShown().map((name) => {
        const value = knobOf(run, name);
        const changed = run.changes.some((change) => change.name === name);
        return { name, value: value === undefined ? '–' : shownValue(value), changed };
      }),
      outcome: waits ? this.activity.of(run) : run.state === 'succeeded' ? '' : outcome(run),
      bad: run.state === 'failed',
      live: !ended,
    };
  }

  protected ariaSort(field: string): 'ascending' | 'descending' | null {
    const sort = this.sort();
    return sort.replace(/^-/, '') !== field ? null : sort.startsWith('-') ? 'descending' : 'ascending';
  }

  /** Of a metric the better ones come first. */
  protected sortBy(field: string): void {
    const name = this.metric() ?? '';
    const high = field.startsWith('metrics.') && this.direction(this.projectId(), name) === 'higher';
    this.sorted.emit(nextSort(this.sort(), field, high || field === 'createdAt' ? '-' : ''));
  }

  private direction(projectId: string | undefined, name: string): MetricDirection | null {
    const chosen = projectId === undefined ? undefined : this.metricSettings.direction(projectId, name);
    return chosen ?? metricDirection(name);
  }

  private best(run: RunView, name: string): number | null {
    const summary = run.metrics[name];
    return summary ? bestOf(name, summary, this.metricSettings.direction(run.projectId, name)) : null;
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
