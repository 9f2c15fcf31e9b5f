import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { Clock } from '../../core/clock';
import { ago, number } from '../../core/format';
import { isActive } from '../../core/protocol-values';
import { Toasts } from '../../core/toasts';
import { seconds, short } from '../../metrics/chart-data';
import { ChartGroup } from '../../metrics/chart-group';
import { MetricChart } from '../../metrics/metric-chart';
import { best, chartsOf } from '../../metrics/metric-lines';
import { openedFeeds } from '../../metrics/opened-feeds';
import { PinnedRuns } from '../../metrics/pinned-runs';
import { remark } from '../../metrics/run-charts';
import { SampleLine } from '../../metrics/sample-line';
import { colourOf, COLOURS, SeriesSlots } from '../../metrics/series-slots';
import { ProjectsStore } from '../../projects/projects-store';
import { runTitle } from '../../runs/run-words';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import { choiceOf, type GraphsChoice, latestOfMachines, MOST_RUNS, paramsOf, preselected } from './graphs-choice';

/** Live charts of the project's runs: one for each metric, a line for each run or machine. */
@Component({
  selector: 'mle-graphs-page',
  imports: [Icon, LoadFailure, MetricChart, RouterLink, SampleLine],
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

  private readonly store = inject(RunsStore);
  private readonly projects = inject(ProjectsStore);
  private readonly slots = inject(SeriesSlots);
  protected readonly pinned = inject(PinnedRuns);
  private readonly clock = inject(Clock);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  protected readonly group = new ChartGroup();
  protected readonly copied = signal(false);
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
        }).filter(([, value]) => value !== undefined),
      ),
    ),
  );
  /** The project's, and those of the link that are not among them. */
  protected readonly listed = computed<RunView[]>(() => {
    const project = this.store.ofProject();
    const known = new Set(project.map(({ id }) => id));
    const others = (this.choice().runs ?? []).filter((id) => !known.has(id)).flatMap((id) => this.store.get(id) ?? []);
    return [...project, ...others];
  });
  protected readonly chosen = computed<RunView[]>(() => {
    const ids = new Set(this.choice().runs ?? preselected(this.store.ofProject(), this.pinned.ids()));
    return this.listed().filter(({ id }) => ids.has(id));
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
  protected readonly formatX = computed<(value: number) => string>(() =>
    this.choice().x === 'time' ? seconds : short,
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
    return chartsOf(runs, this.choice().x).map((chart) => ({ ...chart, note: this.note(chart) }));
  });
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
    const drawn = new Set(this.chosen().map(({ id }) => id));
    return this.listed().map((run) => {
      const slot = this.slots.of(run.id);
      const [main] = Object.values(run.metrics ?? {});
      return {
        run,
        title:
          Object.entries(run.params)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ') || runTitle(run),
        where: [
          isActive(run.state) ? run.state : ago(run.createdAt, this.clock.now()),
          run.machineName,
          this.pinned.ids().has(run.id) && 'pinned',
        ]
          .filter(Boolean)
          .join(', '),
        pinned: this.pinned.ids().has(run.id),
        alone: this.group.solo() === run.id,
        value: main ? number(main.last, 3) : '',
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
    const x = computed(() => this.choice().x);
    effect(() => {
      // The range is one of the other axis.
      if (x()) untracked(() => this.group.zoom.set(null));
    });
  }

  protected change(change: Partial<GraphsChoice>): void {
    void this.router.navigate([], { queryParams: paramsOf({ ...this.choice(), ...change }), replaceUrl: true });
  }

  protected toggle(id: string): void {
    const ids = this.chosen().map((run) => run.id);
    this.change({ runs: ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id] });
  }

  protected hideRun(id: string, alone: boolean): void {
    this.group.toggle(id, alone);
    // What is shown alone is a look, not part of the view.
    if (!alone) this.change({ runs: this.chosen().map((run) => run.id), hidden: [...this.group.hidden()] });
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

  private note({ name, lines }: ReturnType<typeof chartsOf>[number]): string {
    const top = best(
      name,
      lines.filter(({ id }) => !this.group.isHidden(id)),
    );
    return top ? `best ${number(top.value)}, ${top.label}` : '';
  }
}
