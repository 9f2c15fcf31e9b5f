import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import type {
  FoundList,
  FoundName,
  MetricAxis,
  MetricDirection,
  MetricPattern,
  MetricRules,
  RunView,
} from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { shownNumber } from '@mle/protocol/shown-number';
import { plural } from '../core/format';
import { sentence } from '../core/problem';
import { Toasts } from '../core/toasts';
import { Icon } from '../ui/icon';
import { LoadFailure } from '../ui/load-failure';
import { changed, without } from './metric-changes';
import { MetricSettingsApi } from './metric-settings-api';
import { MetricSettingsStore, rulesOf } from './metric-settings-store';
import { MetricsFeeds } from './metrics-feeds';
import { parts, PatternForm } from './pattern-form';
import { SampleLine } from './sample-line';

/** Each name that was found in the output of a run, with its line; what is changed here is kept with the project. */
@Component({
  selector: 'mle-found-names',
  imports: [Icon, LoadFailure, PatternForm, SampleLine],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './found-names.html',
  styleUrl: './found-names.scss',
})
export class FoundNames {
  readonly run = input.required<RunView>();
  /** An earlier attempt, or null for the latest. */
  readonly attempt = input<number | null>(null);
  /** A line was chosen, counted from 1. */
  readonly lineChosen = output<number>();
  private readonly api = inject(MetricSettingsApi);
  private readonly store = inject(MetricSettingsStore);
  private readonly feeds = inject(MetricsFeeds);
  private readonly toasts = inject(Toasts);
  private readonly list = signal<FoundList | null>(null);
  protected readonly failure = signal<string | null>(null);
  protected readonly adding = signal(false);
  /** The name that is open to be changed. */
  protected readonly open = signal<string | null>(null);
  protected readonly settings = computed(() => this.store.of(this.run().projectId)());
  protected readonly loaded = computed(() => this.list() !== null);
  protected readonly more = computed(() => this.list()?.more ?? 0);
  protected readonly names = computed(() => (this.list()?.items ?? []).map((item) => this.row(item)));
  protected readonly summary = computed(() => plural(this.names().length, 'name'));
  protected readonly patterns = computed(() => this.settings()?.patterns ?? []);
  protected readonly axes: readonly { key: MetricAxis; label: string }[] = [
    { key: 'epoch', label: 'epoch' },
    { key: 'step', label: 'step' },
    { key: 'index', label: 'line' },
  ];
  protected readonly directions: readonly MetricDirection[] = ['lower', 'higher'];

  constructor() {
    const asked = computed(() => `${this.run().id} ${this.run().state} ${String(this.attempt())}`);
    effect(() => {
      asked();
      untracked(() => void this.load());
    });
  }

  protected async load(): Promise<void> {
    this.failure.set(null);
    try {
      this.list.set(await this.api.found(this.run().id, this.attempt()));
    } catch (error) {
      this.failure.set(sentence(error));
    }
  }

  protected hide({ name, hidden }: FoundName): Promise<void> {
    return this.change((rules) => ({
      ...rules,
      hidden: hidden ? rules.hidden.filter((other) => other !== name) : [...rules.hidden, name],
    }));
  }

  protected rename({ name }: FoundName, to: string): Promise<void> {
    const wanted = to.trim();
    this.open.set(null);
    return this.change((rules) => ({
      ...rules,
      renamed: wanted === '' || wanted === name ? without(rules.renamed, name) : changed(rules.renamed, name, wanted),
    }));
  }

  protected place({ name, axis }: FoundName, to: MetricAxis): Promise<void> {
    return this.change((rules) => ({
      ...rules,
      axis: axis === to && rules.axis[name] === to ? without(rules.axis, name) : changed(rules.axis, name, to),
    }));
  }

  protected judge({ name }: FoundName, to: MetricDirection): Promise<void> {
    return this.change((rules) => ({ ...rules, direction: changed(rules.direction, name, to) }));
  }

  protected add(pattern: MetricPattern): Promise<void> {
    this.adding.set(false);
    return this.change((rules) => ({ ...rules, patterns: [...rules.patterns, pattern] }));
  }

  protected remove(pattern: MetricPattern): Promise<void> {
    return this.change((rules) => ({ ...rules, patterns: rules.patterns.filter(({ text }) => text !== pattern.text) }));
  }

  protected async reread(what: 'cancel' | 'resume'): Promise<void> {
    try {
      await this.store[what](this.run().projectId);
    } catch (error) {
      this.toasts.error(sentence(error));
    }
  }

  private async change(make: (rules: MetricRules) => MetricRules): Promise<void> {
    const settings = this.settings();
    if (!settings) return;
    try {
      await this.store.save(this.run().projectId, make(rulesOf(settings)));
      await Promise.all([this.load(), this.feeds.get(this.run().id, this.attempt()).catchUp()]);
    } catch (error) {
      this.toasts.error(sentence(error));
    }
  }

  private row(item: FoundName) {
    const { text, cut, from, to, last, shown } = item;
    return {
      ...item,
      value: shownNumber(last),
      parts: [...(cut ? [{ text: '…', marked: false }] : []), ...parts(text, [{ from, to }])],
      better: this.settings()?.direction[item.name] ?? metricDirection(shown),
    };
  }
}
