import { ChangeDetectionStrategy, Component, DestroyRef, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { Router, RouterLink } from '@angular/router';
import { Clock } from '../core/clock';
import { bytes, duration, elapsed, plural } from '../core/format';
import { RequestError, sentence } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { isFlag, readStored, writeStored } from '../core/storage';
import { OutputApi } from '../output/output-api';
import type { OutputFeed } from '../output/output-feed';
import { OutputFeeds } from '../output/output-feeds';
import { OutputColumns } from '../output/output-columns';
import { OutputView } from '../output/output-view';
import { Icon } from '../ui/icon';
import { StateChip } from '../ui/state-chip';
import { RunActions } from './run-actions';
import { RunTimeline } from './run-timeline';
import { activity, outcome, runTime, runTitle } from './run-words';
import { RunsStore } from './runs-store';

/** One run: what it is, how it went, what it printed. */
@Component({
  selector: 'mle-run-page',
  imports: [Icon, OutputColumns, OutputView, RouterLink, RunTimeline, StateChip],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './run-page.html',
  styleUrl: './run-page.scss',
})
export class RunPage {
  /** Of the address. */
  readonly id = input.required<string>();
  private readonly store = inject(RunsStore);
  private readonly feeds = inject(OutputFeeds);
  private readonly api = inject(OutputApi);
  private readonly clock = inject(Clock);
  private readonly router = inject(Router);
  protected readonly actions = inject(RunActions);
  protected readonly run = computed(() => this.store.get(this.id()));
  protected readonly failure = signal<{ gone: boolean; text: string } | null>(null);
  protected readonly feed = signal<OutputFeed | null>(null);
  protected readonly follow = signal(true);
  protected readonly firstLine = signal(0);
  protected readonly apart = signal(readStored('apart', isFlag, false));
  protected readonly timestamps = signal(readStored('timestamps', isFlag, true));
  protected readonly title = computed(() => (this.run() ? runTitle(this.run() as NonNullable<ReturnType<typeof this.run>>) : ''));
  protected readonly active = computed(() => isActive(this.run()?.state ?? 'succeeded'));
  protected readonly time = computed(() => {
    const run = this.run();
    const time = run ? runTime(run, this.clock.now()) : null;
    return time === null ? null : this.active() ? elapsed(time) : duration(time);
  });
  protected readonly words = computed(() => {
    const run = this.run();
    if (!run) return '';
    return isActive(run.state) && run.state !== 'running' ? activity(run, this.store.progress(run.id), this.clock.now()) : outcome(run);
  });
  protected readonly params = computed(() => Object.entries(this.run()?.params ?? {}));
  protected readonly downloadUrl = computed(() => this.api.downloadUrl(this.id(), this.run()?.attempt ?? 1));
  protected readonly size = computed(() => {
    const feed = this.feed();
    feed?.version();
    if (!feed) return '';
    return feed.previewing ? `loading the lines before these, ${bytes(feed.buffer.end)}` : `${plural(feed.buffer.lineCount, 'line')}, ${bytes(feed.buffer.end)}`;
  });
  protected readonly skipped = computed(() => {
    this.feed()?.version();
    return (this.feed()?.leftOut ?? 0) > 0;
  });

  constructor() {
    const title = inject(Title);
    let opened: OutputFeed | null = null;
    effect(() => {
      const id = this.id();
      untracked(() => {
        opened?.close();
        opened = this.feeds.get(id);
        opened.open();
        this.feed.set(opened);
        this.firstLine.set(0);
        this.follow.set(true);
        void this.load();
      });
    });
    effect(() => {
      const run = this.run();
      if (run) title.setTitle(`#${run.number} ${runTitle(run)} · ML Experimenter`);
    });
    effect(() => {
      writeStored('timestamps', this.timestamps());
      writeStored('apart', this.apart());
    });
    inject(DestroyRef).onDestroy(() => opened?.close());
  }

  protected async load(): Promise<void> {
    this.failure.set(null);
    try {
      await this.store.refresh(this.id());
    } catch (error) {
      const gone = error instanceof RequestError && (error.status === 404 || error.status === 400);
      this.failure.set({ gone, text: sentence(error) });
    }
  }

  protected async rerun(): Promise<void> {
    const run = this.run();
    if (!run) return;
    const [next] = await this.actions.rerun([run]);
    if (next) await this.router.navigate(['/runs', next.id]);
  }

  protected stop(): void {
    const run = this.run();
    if (run) void this.actions.stop([run]);
  }

  protected remove(): void {
    const run = this.run();
    if (!run) return;
    this.actions.remove([run]);
    void this.router.navigateByUrl('/runs');
  }

  protected clear(): void {
    this.firstLine.set(this.feed()?.buffer.lineCount ?? 0);
    this.follow.set(true);
  }
}
