import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { shownNumber } from '@mle/protocol/shown-number';
import { Clock } from '../../core/clock';
import { ago, plural, timeOfDay } from '../../core/format';
import { isActive } from '../../core/protocol-values';
import { Toasts } from '../../core/toasts';
import { seconds, short } from '../../metrics/chart-data';
import { ChartGroup } from '../../metrics/chart-group';
import { sectionsOf } from '../../metrics/chart-sections';
import { MetricChart } from '../../metrics/metric-chart';
import { chartsOf } from '../../metrics/metric-lines';
import { MetricSettingsStore } from '../../metrics/metric-settings-store';
import { openedFeeds } from '../../metrics/opened-feeds';
import { PinnedRuns } from '../../metrics/pinned-runs';
import { remark } from '../../metrics/run-charts';
import { SampleLine } from '../../metrics/sample-line';
import { colourOf, COLOURS, SeriesSlots } from '../../metrics/series-slots';
import { ProjectsStore } from '../../projects/projects-store';
import { titlesOf } from '../../runs/run-differences';
import { runTitle } from '../../runs/run-words';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import { BAND_WORDS, bandsOf } from './band-words';
import { graphCharts } from './graph-charts';
import { groupable, groupRuns } from './graph-groups';
import { GraphRunList } from './graph-run-list';
import { GraphRuns } from './graph-runs';
import {
  choiceOf,
  type GraphsChoice,
  groupedBy,
  latestOfMachines,
  MOST_RUNS,
  paramsOf,
  preselected,
} from './graphs-choice';

/** In the address, for the section of names without a prefix. */
const ROOT = '-';
const SWITCHES = [
  { name: 'together', label: 'Training and validation together' },
  { name: 'best', label: 'Best so far' },
  { name: 'clip', label: 'Without outliers' },
] as const;

/** Live charts of the project's runs: one for each metric, a line for each run, machine or value of a knob. */
@Component({
  selector: 'mle-graphs-page',
  imports: [GraphRunList, Icon, LoadFailure, MatMenuModule, MetricChart, RouterLink, SampleLine],
  providers: [GraphRuns],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './graphs-page.html',
  styleUrl: './graphs-page.scss',
})
export class GraphsPage {
  /** Of the address. */
  readonly runs = input<string>();
  readonly hide = input<string>();
  readonly x = input<string>();
  readonly smooth = input<string>();
  readonly log = input<string>();
  readonly by = input<string>();
  readonly band = input<string>();
  readonly metric = input<string>();
  readonly text = input<string>();
  readonly together = input<string>();
  readonly best = input<string>();
  readonly clip = input<string>();
  readonly fold = input<string>();

  private readonly store = inject(RunsStore);
  private readonly projects = inject(ProjectsStore);
  private readonly slots = inject(SeriesSlots);
  protected readonly pinned = inject(PinnedRuns);
  private readonly clock = inject(Clock);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly settings = inject(MetricSettingsStore);
  protected readonly more = inject(GraphRuns);
  protected readonly group = new ChartGroup();
  protected readonly copied = signal(false);
  /** The group that one points at. */
  protected readonly pointed = signal<string | null>(null);
  protected readonly error = this.store.error;

  protected readonly choice = computed<GraphsChoice>(() =>
    choiceOf(
      Object.fromEntries(
        Object.entries({
          runs: this.runs(),
          hide: this.hide(),
          x: this.x(),
          smooth: this.smooth(),
          log: this.log(),
          by: this.by(),
          band: this.band(),
          metric: this.metric(),
          text: this.text(),
          together: this.together(),
          best: this.best(),
          clip: this.clip(),
          fold: this.fold(),
        }).filter(([, value]) => value !== undefined),
      ),
    ),
  );
  /** The latest of the project, then what was asked for page by page, and those of the link; or what the text finds. */
  protected readonly listed = computed<RunView[]>(() => {
    const found = this.more.items().map((run) => this.store.get(run.id) ?? run);
    const others = (this.choice().runs ?? []).flatMap((id) => this.store.get(id) ?? []);
    const all = this.choice().text === '' ? [...this.store.ofProject(), ...found, ...others] : found;
    return [...new Map(all.map((run) => [run.id, run])).values()];
  });
  protected readonly chosen = computed<RunView[]>(() => {
    const ids = new Set(this.choice().runs ?? preselected(this.store.ofProject(), this.pinned.ids()));
    // Newest first, as in the list.
    return this.store.all().filter(({ id }) => ids.has(id));
  });
  /** Oldest first: the others are compared with it. */
  protected readonly comparedIds = computed(() =>
    this.chosen()
      .map(({ id }) => id)
      .reverse()
      .join(','),
  );
  protected readonly full = computed(() => this.chosen().length >= MOST_RUNS);
  private readonly drawn = computed(() =>
    this.choice().by === 'machine' ? latestOfMachines(this.chosen()) : this.chosen(),
  );
  private readonly drawnIds = computed(() =>
    this.drawn()
      .map(({ id }) => id)
      .join(','),
  );
  private readonly opened = openedFeeds(this.drawnIds);

  protected readonly live = computed(() => this.drawn().some(({ state }) => isActive(state)));
  protected readonly file = computed(() => this.drawn()[0]?.file ?? null);
  private readonly grouping = computed(() => groupedBy(this.choice()));
  protected readonly groupNames = computed(() => groupable(this.chosen()));
  protected readonly groups = computed(() => {
    const name = this.grouping();
    return name === null ? null : groupRuns(this.chosen(), name);
  });
  protected readonly groupRows = computed(() =>
    (this.groups() ?? []).map(({ id, runIds, slot, token }) => ({
      id,
      runs: plural(runIds.size, 'run'),
      colour: `var(${token ?? colourOf(slot)})`,
      dash: token === undefined && slot >= COLOURS,
      hidden: this.group.isHidden(id),
    })),
  );
  /** The mean of several runs has no time of its own. */
  private readonly axis = computed(() => (this.groups() ? 'step' : this.choice().x));
  protected readonly formatX = computed<(value: number) => string>(
    () => ({ step: short, time: seconds, wall: (value: number) => timeOfDay(value * 1000, true) })[this.axis()],
  );
  protected readonly charts = computed(() => {
    const feeds = new Map(this.opened().map((feed) => [feed.runId, feed]));
    const byMachine = this.choice().by === 'machine';
    // Oldest first, so that what runs now is drawn on top.
    const runs = [...this.drawn()].reverse().map((run) => ({
      id: run.id,
      label: byMachine ? (run.machineName ?? `#${run.number}`) : `#${run.number}`,
      slot: this.slots.of(run.id),
      live: isActive(run.state),
      series: feeds.get(run.id)?.series() ?? [],
    }));
    return chartsOf(runs, this.axis());
  });
  private readonly directionOf = (name: string) =>
    this.settings.direction(this.projects.current()?.id ?? '', name) ?? metricDirection(name);
  protected readonly sections = computed(() => {
    const [choice, groups] = [this.choice(), this.groups()];
    const isHidden = (id: string): boolean => this.group.isHidden(id);
    const charts = graphCharts(this.charts(), {
      ...{ choice, groups, isHidden },
      pointed: this.pointed(),
      directionOf: this.directionOf,
    });
    return sectionsOf(charts).map((section) => ({
      ...section,
      count: plural(section.charts.length, 'chart'),
      folded: choice.fold.includes(section.prefix || ROOT),
    }));
  });
  protected readonly bands = computed(() => bandsOf(this.choice().band));
  protected readonly groupHint = computed(() => BAND_WORDS[this.choice().band].hint);
  protected readonly switches = computed(() =>
    SWITCHES.map(({ name, label }) => ({
      name,
      label,
      on: this.choice()[name],
      flipped: { [name]: !this.choice()[name] },
    })),
  );
  protected readonly state = computed<'loading' | 'error' | 'none' | 'silent' | 'ready'>(() => {
    if (this.store.status() === 'error') return 'error';
    if (this.store.status() === 'loading' || !this.projects.current()) return 'loading';
    if (this.chosen().length === 0) return 'none';
    if (this.charts().length > 0) return 'ready';
    if (this.opened().some((feed) => feed.status() === 'error')) return 'ready';
    return this.opened().length === 0 || this.opened().some((feed) => feed.status() === 'loading')
      ? 'loading'
      : 'silent';
  });
  protected readonly failure = computed(
    () =>
      this.opened()
        .map((feed) => feed.error())
        .find((text) => text !== null) ?? null,
  );
  protected readonly remarks = computed(() =>
    remark(
      this.opened().some((feed) => feed.sampled()),
      this.opened().reduce((sum, feed) => sum + feed.dropped(), 0),
    ),
  );

  protected readonly rows = computed(() => {
    const chosen = this.chosen();
    const titles = titlesOf(chosen);
    const drawn = new Map(chosen.map(({ id }, i) => [id, titles[i] ?? '']));
    return this.listed().map((run) => {
      const slot = this.slots.of(run.id);
      const [main] = Object.values(run.metrics ?? {});
      const params = Object.entries(run.params).map(([name, value]) => `${name} ${value}`);
      return {
        id: run.id,
        number: run.number,
        title: drawn.get(run.id) || params.join(', ') || runTitle(run),
        where: [
          isActive(run.state) ? run.state : ago(run.createdAt, this.clock.now()),
          run.machineName,
          this.pinned.ids().has(run.id) && 'pinned',
        ]
          .filter(Boolean)
          .join(', '),
        pinned: this.pinned.ids().has(run.id),
        alone: this.group.solo() === run.id,
        value: main ? shownNumber(main.last) : '',
        drawn: drawn.has(run.id),
        hidden: this.group.isHidden(run.id),
        colour: `var(${colourOf(slot)})`,
        dash: slot >= COLOURS,
      };
    });
  });

  constructor() {
    effect(() => {
      const missing = (this.choice().runs ?? [...this.pinned.ids()]).filter(
        (id) => untracked(() => this.store.get(id)) === null,
      );
      // One that is gone is simply not drawn.
      untracked(() => missing.forEach((id) => this.store.refresh(id).catch(() => undefined)));
    });
    effect(() => {
      const { hidden } = this.choice();
      untracked(() => this.group.hideOnly(hidden));
    });
    const asked = computed(() => ({ id: this.projects.current()?.id, text: this.choice().text }), {
      equal: (one, other) => one.id === other.id && one.text === other.text,
    });
    effect(() => {
      const { id, text } = asked();
      if (id !== undefined) untracked(() => this.more.ask(id, text));
    });
    effect(() => {
      // The range is one of the other axis.
      if (this.axis()) untracked(() => this.group.zoom.set(null));
    });
  }

  protected change(change: Partial<GraphsChoice>): void {
    void this.router.navigate([], { queryParams: paramsOf({ ...this.choice(), ...change }), replaceUrl: true });
  }

  /** The last of them was ticked; the others, with Shift, become as it does. */
  protected toggle(ids: readonly string[]): void {
    const chosen = this.chosen().map((run) => run.id);
    const [range, known] = [new Set(ids), new Set(chosen)];
    const off = ids.every((id) => known.has(id));
    const kept = chosen.filter((id) => !range.has(id));
    for (const run of this.listed()) if (range.has(run.id)) this.store.put(run);
    this.change({ runs: (off ? kept : [...kept, ...ids]).slice(0, MOST_RUNS) });
  }

  protected foldSection(prefix: string, folded: boolean): void {
    const key = prefix || ROOT;
    const rest = this.choice().fold.filter((one) => one !== key);
    this.change({ fold: folded ? [...rest, key] : rest });
  }

  protected hideRun(id: string, alone: boolean): void {
    this.group.toggle(id, alone);
    // What is shown alone is a look, not part of the view.
    if (alone) return;
    const runs = this.chosen().map((run) => run.id);
    const hidden = [...this.group.hidden()].filter((one) => runs.includes(one));
    if (runs.includes(id)) this.change({ runs, hidden });
  }

  protected reload(): void {
    void this.store.load(this.projects.current()?.id);
  }

  protected async copyLink(): Promise<void> {
    const choice = { ...this.choice(), runs: this.chosen().map(({ id }) => id) };
    const tree = this.router.createUrlTree(['/graphs'], { queryParams: paramsOf(choice) });
    try {
      await navigator.clipboard.writeText(location.origin + this.router.serializeUrl(tree));
      this.copied.set(true);
      setTimeout(() => this.copied.set(false), 2_000);
    } catch {
      this.toasts.error('The browser did not allow copying. Copy the address of this page.');
    }
  }
}
