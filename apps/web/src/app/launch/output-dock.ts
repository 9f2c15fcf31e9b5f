import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { bytes, plural } from '../core/format';
import { FilesStore } from '../files/files-store';
import { LiveChart } from '../metrics/live-chart';
import { lineOfPoint } from '../output/line-of-point';
import { OutputApi } from '../output/output-api';
import type { OutputFeed } from '../output/output-feed';
import { OutputFeeds } from '../output/output-feeds';
import { OutputView } from '../output/output-view';
import type { SourcePlace } from '../output/source-place';
import { changeName } from '../runs/change-words';
import { runTitle } from '../runs/run-words';
import { RunsStore } from '../runs/runs-store';
import { Icon } from '../ui/icon';
import { RovingFocus, RovingItem } from '../ui/roving-focus';
import { StateIcon, stateWord } from '../ui/state-icon';
import { OpenPlace } from '../workbench/open-place';
import { Launcher } from './launcher';
import { LivePictures } from './live-pictures';
import { RunFoot } from './run-foot';

const TABS = 8;

/** The output of the project's latest runs, one tab for each. */
@Component({
  selector: 'mle-output-dock',
  imports: [Icon, LiveChart, LivePictures, OutputView, RouterLink, RovingFocus, RovingItem, RunFoot, StateIcon],
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
  private readonly places = inject(OpenPlace);
  private readonly chosen = signal<string | null>(null);
  private readonly cleared = signal<ReadonlyMap<string, number>>(new Map());
  protected readonly follow = signal(true);
  protected readonly tabs = computed(() => {
    const all = this.runs.ofProject();
    const [turned] = all.filter(({ role }) => role === 'dial');
    // The runs of a hand that turns are one tab, and those of a Vary are told of together.
    const latest = all.filter((run) => run.role === null || run === turned);
    const tabs = latest.slice(0, TABS);
    const chosen = all.find((run) => run.id === this.chosen());
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
      untracked(() => {
        this.follow.set(true);
        this.target.set(null);
      });
    });
    effect(() => {
      const launched = this.launcher.launched();
      if (launched) untracked(() => this.chosen.set(launched.id));
    });
    inject(DestroyRef).onDestroy(() => opened?.close());
  }

  /** On a narrow page one of them fills the pane. */
  protected readonly parts = [
    { id: 'text', label: 'Text' },
    { id: 'chart', label: 'Chart' },
    { id: 'pictures', label: 'Pictures' },
  ] as const;
  protected readonly part = signal<(typeof this.parts)[number]['id']>('text');
  /** The line of a point that was chosen. */
  protected readonly target = signal<number | null>(null);
  private readonly view = viewChild(OutputView);

  /** What differs from the run before; the machine of a run that differs in nothing. */
  protected readonly nameOf = (run: RunView): string => changeName(run) || (run.machineName ?? '');
  protected readonly titleOf = (run: RunView): string =>
    [`#${run.number} ${runTitle(run)}`, changeName(run), run.machineName ? `on ${run.machineName}` : '']
      .filter(Boolean)
      .join(', ');

  /** What is not among the lines, as a sentence. */
  protected readonly note = computed<'loading' | 'leftOut' | null>(() => {
    const feed = this.feed();
    feed?.version();
    return !feed ? null : feed.previewing ? 'loading' : feed.leftOut > 0 ? 'leftOut' : null;
  });

  protected readonly size = computed(() => {
    this.feed()?.version();
    const buffer = this.feed()?.buffer;
    return buffer ? `${plural(buffer.lineCount, 'line')}, ${bytes(buffer.end)}` : '';
  });

  protected readonly fileOf = (path: string): string | null => this.files.named(path);

  protected openPlace(place: SourcePlace): void {
    const projectId = this.files.projectId();
    if (projectId !== null) this.places.open({ projectId, ...place });
  }

  /** Goes to the line that a point of the chart was read from. */
  protected showLine(point: { x: number; y: number; time: number }): void {
    const buffer = this.feed()?.buffer;
    const line = buffer ? lineOfPoint(buffer, point) : null;
    if (line === null) return;
    if (line < this.firstLine()) this.showAll();
    this.part.set('text');
    this.target.set(line);
    this.view()?.reveal(line);
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
