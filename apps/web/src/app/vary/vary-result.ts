import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Effect, SweepView } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';
import { shownNumber } from '@mle/protocol/shown-number';
import { plural } from '../core/format';
import { ServerState } from '../core/server-state';
import type { ChartLine } from '../metrics/chart-data';
import { ChartGroup } from '../metrics/chart-group';
import { meanBand } from '../metrics/mean-band';
import { MetricChart } from '../metrics/metric-chart';
import type { MetricsFeed } from '../metrics/metrics-feed';
import { MetricsFeeds } from '../metrics/metrics-feeds';
import { Icon } from '../ui/icon';
import { limitWords, SWEEP_STATE } from './sweep-words';
import { VaryStore } from './vary-store';
import { typedValue } from './vary-values';

/** Colours from low to high. */
const SHADES = 5;
/** What one may do about its going on. */
const TURNS: Record<SweepView['state'], 'pause' | 'resume' | null> = {
  smoke: 'pause',
  running: 'pause',
  paused: 'resume',
  stopped: 'resume',
  failed: 'resume',
  done: null,
};
const OVER: readonly SweepView['state'][] = ['done', 'stopped', 'failed'];

/** A Vary: its runs on one chart by value, what they show in a sentence, and how to know more. */
@Component({
  selector: 'mle-vary-result',
  imports: [Icon, MetricChart, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './vary-result.html',
  styleUrl: './vary-result.scss',
})
export class VaryResult {
  readonly sweep = input.required<SweepView>();
  protected readonly store = inject(VaryStore);
  protected readonly server = inject(ServerState);
  private readonly feeds = inject(MetricsFeeds);
  private readonly opened = signal<ReadonlyMap<string, MetricsFeed>>(new Map());
  protected readonly group = new ChartGroup();
  protected readonly over = computed(() => OVER.includes(this.sweep().state));
  protected readonly state = computed(() => {
    const { state, progress } = this.sweep();
    const { done, failed, total } = progress.runs;
    return `${SWEEP_STATE[state].word}, ${done + failed} of ${plural(total, 'run')}`;
  });
  /** Why it does not go on. */
  protected readonly reason = computed(() => {
    const { state, progress, reason } = this.sweep();
    const { running } = progress.runs;
    const ending = state === 'paused' && running > 0 ? `${plural(running, 'run')} that had begun will end first.` : '';
    return [reason, ending].filter(Boolean).join(' ');
  });
  protected readonly limits = computed(() => limitWords(this.sweep()));
  /** Runs in the places of the first value that it did not have to make. */
  protected readonly taken = computed(() => this.sweep().trials.filter(({ taken }) => taken));
  protected readonly turn = computed(() => TURNS[this.sweep().state]);
  /** Ids of its runs: a text, so that a change of a run opens nothing anew. */
  private readonly ids = computed(() =>
    this.sweep()
      .trials.map(({ runId }) => runId)
      .join(','),
  );
  protected readonly compareIds = this.ids;
  /** From low to high where the values are numbers. */
  private readonly ranks = computed(() => {
    const values = this.sweep().settings.map(({ value }) => value);
    const ordered = values.every((value) => typeof value === 'number') ? [...values].sort((a, b) => a - b) : values;
    return values.map((value) => ordered.indexOf(value));
  });
  protected readonly shade = (setting: number): string => {
    const last = Math.max(1, this.sweep().settings.length - 1);
    return `--scale-${1 + Math.round(((this.ranks()[setting] ?? 0) / last) * (SHADES - 1))}`;
  };
  protected readonly axis = computed(() => {
    const name = this.sweep().goal.metric;
    const [series] = [...this.opened().values()].flatMap((feed) => feed.series().filter((one) => one.name === name));
    return series?.axis ?? 'step';
  });
  protected readonly lines = computed<ChartLine[]>(() => {
    const { goal, settings, trials } = this.sweep();
    return settings.map(({ value }, setting) => {
      const own = trials.filter((trial) => trial.setting === setting);
      const series = own.flatMap(({ runId }) =>
        (this.opened().get(runId)?.series() ?? []).filter(({ name }) => name === goal.metric),
      );
      const { x, y, low, high } = meanBand(series);
      return {
        id: `setting ${setting}`,
        label: shownValue(value),
        slot: setting,
        token: this.shade(setting),
        x,
        y,
        live: !this.over(),
        ending: shownValue(value),
        ...(series.length > 1 && { band: { low, high } }),
      };
    });
  });
  /** Each value with what it did, those of the code among them. */
  protected readonly rows = computed(() => {
    const { settings, evidence, base } = this.sweep();
    const own = base.run ? `in run #${base.run.number}` : 'now in your code';
    return settings.map(({ value }, setting) => {
      const found = evidence.effects.find(({ to }) => to === value);
      return {
        setting,
        value: shownValue(value),
        verdict: found?.verdict ?? null,
        words: setting === 0 ? own : found ? effectWords(found) : 'no result yet',
      };
    });
  });
  protected readonly settle = computed(() => this.sweep().evidence.settle);
  protected readonly settleText = computed(() => {
    const settle = this.settle();
    return settle ? `Add ${plural(settle.seeds, 'seed')} to ${listed(settle.values.map(shownValue))}` : '';
  });

  constructor() {
    effect((onCleanup) => {
      const ids = this.ids().split(',').filter(Boolean);
      const feeds = untracked(() => ids.map((id) => this.feeds.get(id)));
      untracked(() => {
        feeds.forEach((feed) => feed.open());
        this.opened.set(new Map(feeds.map((feed) => [feed.runId, feed])));
      });
      onCleanup(() => feeds.forEach((feed) => feed.close()));
    });
  }

  protected addSeeds(): void {
    const settle = this.settle();
    if (settle) void this.store.extend({ seeds: { add: settle.seeds, to: settle.values } });
  }

  protected addValue(text: string): void {
    const [first] = this.sweep().settings;
    const kind = typeof first?.value === 'number' ? 'number' : typeof first?.value === 'boolean' ? 'boolean' : 'text';
    const value = typedValue(text, { kind });
    if (value !== null) void this.store.extend({ values: [value] });
  }
}

/** `0.5, 1.6 and 5`. */
const listed = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' and ');

/** `−8.3 ± 2.6`, with the verdict where it is none of an effect. */
function effectWords({ difference, interval, verdict }: Effect): string {
  if (difference === null) return verdict;
  const half = interval ? ` ± ${shownNumber((interval[1] - interval[0]) / 2, 2)}` : '';
  const words = verdict === 'better' || verdict === 'worse' ? '' : `, ${verdict}`;
  return `${difference > 0 ? '+' : ''}${shownNumber(difference, 2)}${half}${words}`;
}
