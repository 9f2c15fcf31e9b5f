import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { bytes, duration } from '../core/format';
import { isActive } from '../core/protocol-values';
import { FilesStore } from '../files/files-store';
import { RunSparkChart } from '../metrics/run-spark-chart';
import { OutputApi } from '../output/output-api';
import type { OutputFeed } from '../output/output-feed';
import { OutputFeeds } from '../output/output-feeds';
import { OutputView } from '../output/output-view';
import type { SourcePlace } from '../output/source-place';
import { RunActivity } from '../runs/run-activity';
import { outcome, runTime } from '../runs/run-words';
import { RunsStore } from '../runs/runs-store';
import { Icon } from '../ui/icon';
import { RovingFocus, RovingItem } from '../ui/roving-focus';
import { roleOf, StateIcon, stateWord } from '../ui/state-icon';
import { OpenPlace } from '../workbench/open-place';
import { Launcher } from './launcher';
import { RunFailure } from './run-failure';

const TABS = 8;

/** The output of the project's latest runs, one tab for each. */
@Component({
  selector: 'mle-output-dock',
  imports: [Icon, OutputView, RouterLink, RovingFocus, RovingItem, RunFailure, RunSparkChart, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './output-dock.html',
  styleUrl: './output-dock.scss',
})
export class OutputDock {
  private readonly runs = inject(RunsStore);
  private readonly feeds = inject(OutputFeeds);
  private readonly api = inject(OutputApi);
  private readonly launcher = inject(Launcher);
  private readonly files = inject(FilesStore);
  private readonly clock = inject(Clock);
  private readonly activity = inject(RunActivity);
  private readonly places = inject(OpenPlace);
  private readonly chosen = signal<string | null>(null);
  private readonly cleared = signal<ReadonlyMap<string, number>>(new Map());
  protected readonly follow = signal(true);
  protected readonly tabs = computed(() => {
    const latest = this.runs.ofProject();
    const tabs = latest.slice(0, TABS);
    const chosen = latest.find((run) => run.id === this.chosen());
    return chosen && !tabs.includes(chosen) ? [...tabs, chosen] : tabs;
  });
  protected readonly run = computed<RunView | null>(
    () => this.tabs().find((run) => run.id === this.chosen()) ?? this.tabs()[0] ?? null,
  );
  protected readonly loading = computed(() => this.runs.status() === 'loading' || this.files.projectId() === null);
  protected readonly error = computed(() => (this.runs.status() === 'error' ? this.runs.error() : null));
  protected readonly feed = signal<OutputFeed | null>(null);
  protected readonly firstLine = computed(() => this.cleared().get(this.run()?.id ?? '') ?? 0);
  protected readonly downloadUrl = computed(() => this.api.downloadUrl(this.run()?.id ?? '', this.run()?.attempt ?? 1));
  protected readonly stateWord = stateWord;
  protected readonly roleOf = roleOf;

  constructor() {
    const runId = computed(() => this.run()?.id ?? null);
    let opened: OutputFeed | null = null;
    effect(() => {
      const id = runId();
      const next = id ? this.feeds.get(id) : null;
      if (next === opened) return;
      opened?.close();
      opened = next;
      next?.open();
      this.feed.set(next);
      untracked(() => this.follow.set(true));
    });
    effect(() => {
      const launched = this.launcher.launched();
      if (launched) untracked(() => this.chosen.set(launched.id));
    });
    inject(DestroyRef).onDestroy(() => opened?.close());
  }

  protected readonly status = computed(() => {
    const run = this.run();
    if (!run) return '';
    if (isActive(run.state)) return this.activity.of(run);
    const time = runTime(run, this.clock.now());
    return [stateWord(run.state), time === null ? '' : duration(time), outcome(run)].filter(Boolean).join(', ');
  });

  /** For assistive technology: the state changes, not the running clock. */
  protected readonly announced = computed(() => {
    const run = this.run();
    return run ? `Run ${run.number} ${stateWord(run.state)}${outcome(run) ? `, ${outcome(run)}` : ''}` : '';
  });

  /** What is not among the lines, as a sentence. */
  protected readonly note = computed<'loading' | 'leftOut' | null>(() => {
    const feed = this.feed();
    feed?.version();
    return !feed ? null : feed.previewing ? 'loading' : feed.leftOut > 0 ? 'leftOut' : null;
  });

  protected readonly size = computed(() => {
    this.feed()?.version();
    const buffer = this.feed()?.buffer;
    return buffer ? bytes(buffer.end) : '';
  });

  protected readonly fileOf = (path: string): string | null => this.files.named(path);

  protected openPlace(place: SourcePlace): void {
    const projectId = this.files.projectId();
    if (projectId !== null) this.places.open({ projectId, ...place });
  }

  protected choose(id: string): void {
    this.chosen.set(id);
  }

  protected retry(): void {
    void this.runs.load(this.files.projectId() ?? undefined);
  }

  protected clear(): void {
    const [run, feed] = [this.run(), this.feed()];
    if (run && feed) this.cleared.update((map) => new Map(map).set(run.id, feed.buffer.lineCount));
    this.follow.set(true);
  }

  protected showAll(): void {
    const run = this.run();
    if (run) this.cleared.update((map) => new Map(map).set(run.id, 0));
  }
}
