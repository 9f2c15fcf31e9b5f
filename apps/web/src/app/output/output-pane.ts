import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  Injector,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { RunView } from '@mle/protocol';
import { bytes, plural } from '../core/format';
import { Hotkeys } from '../core/hotkeys';
import { isActive } from '../core/protocol-values';
import { isFlag, readStored, writeStored } from '../core/storage';
import { Icon } from '../ui/icon';
import { OutputApi } from './output-api';
import { OutputColumns } from './output-columns';
import type { OutputFeed } from './output-feed';
import { OutputFeeds } from './output-feeds';
import { OutputSearch } from './output-search';
import { OutputView } from './output-view';
import type { SourcePlace } from './source-place';

/** `:120` in the search box is the line to go to. */
const LINE_JUMP = /^:(\d+)$/;

/** The whole output of a run with its tools: search, streams together or apart, times, wrapping, links to lines. */
@Component({
  selector: 'mle-output-pane',
  imports: [Icon, OutputColumns, OutputView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './output-pane.html',
  styleUrl: './output-pane.scss',
})
export class OutputPane {
  readonly run = input.required<RunView>();
  /** An earlier attempt, or null for the latest. */
  readonly attempt = input<number | null>(null);
  /** The line that the address points at, counted from 1. */
  readonly line = input<number | null>(null);
  /** A line was chosen for the address. */
  readonly lineChosen = output<number>();

  /** The file of the project that a program calls so; null: no path leads anywhere. */
  readonly fileOf = input<((path: string) => string | null) | null>(null);
  readonly placeChosen = output<SourcePlace>();

  private readonly feeds = inject(OutputFeeds);
  private readonly api = inject(OutputApi);
  private readonly injector = inject(Injector);
  private readonly view = viewChild(OutputView);
  private readonly box = viewChild.required<ElementRef<HTMLInputElement>>('box');
  private readonly runId = computed(() => this.run().id);
  protected readonly shownAttempt = computed(() => this.attempt() ?? this.run().attempt);
  private readonly ended = computed(() => this.run().attempts.find(({ n }) => n === this.attempt()) ?? null);
  protected readonly search = new OutputSearch();
  /** Of the search box: a text to find, or a line to go to. */
  protected readonly text = signal('');
  protected readonly feed = signal<OutputFeed | null>(null);
  protected readonly follow = signal(true);
  protected readonly firstLine = signal(0);
  protected readonly apart = signal(readStored('apart', isFlag, false));
  protected readonly timestamps = signal(readStored('timestamps', isFlag, true));
  protected readonly wrap = signal(readStored('wrap', isFlag, false));
  protected readonly target = computed(() => (this.line() === null ? null : (this.line() as number) - 1));
  protected readonly active = computed(() => this.attempt() === null && isActive(this.run().state));
  protected readonly downloadUrl = computed(() => this.api.downloadUrl(this.runId(), this.shownAttempt()));
  protected readonly jump = computed(() => LINE_JUMP.exec(this.text())?.[1] ?? null);
  protected readonly size = computed(() => {
    const feed = this.feed();
    feed?.version();
    if (!feed) return '';
    return feed.previewing
      ? `loading the lines before these, ${bytes(feed.buffer.end)}`
      : `${plural(feed.buffer.lineCount, 'line')}, ${bytes(feed.buffer.end)}`;
  });
  protected readonly nothing = computed(() => {
    this.feed()?.version();
    return this.feed()?.buffer.lineCount === 0;
  });
  protected readonly skipped = computed(() => {
    this.feed()?.version();
    return (this.feed()?.leftOut ?? 0) > 0;
  });
  protected readonly counted = computed(() => {
    const { search } = this;
    if (search.query() === '') return '';
    const count = `${search.count().toLocaleString('en')}${search.full() ? '+' : ''}`;
    if (search.count() === 0) return search.searching() ? 'searching' : 'none';
    return search.place() > 0 ? `${search.place().toLocaleString('en')} of ${count}` : count;
  });
  private revealed = '';

  constructor() {
    let opened: OutputFeed | null = null;
    effect(() => {
      const id = this.runId();
      this.attempt();
      untracked(() => {
        opened?.close();
        opened = this.feeds.get(id, this.ended());
        opened.open();
        this.feed.set(opened);
        this.firstLine.set(0);
        this.follow.set(this.line() === null);
      });
    });
    effect(() => {
      const feed = this.feed();
      feed?.version();
      if (feed && !feed.previewing) untracked(() => this.search.advance(feed.buffer));
    });
    effect(() => {
      // A long output is searched for a while: the first match is shown as soon as there is one.
      if (this.search.count() > 0 && this.search.place() === 0) untracked(() => this.step(1));
    });
    effect(() => this.revealTarget());
    effect(() => {
      writeStored('timestamps', this.timestamps());
      writeStored('apart', this.apart());
      writeStored('wrap', this.wrap());
    });
    inject(DestroyRef).onDestroy(() => {
      opened?.close();
      this.search.stop();
    });
    inject(Hotkeys).bind({ 'Ctrl+F': () => this.box().nativeElement.select() });
  }

  protected find(text: string): void {
    this.text.set(text);
    if (text !== '') this.apart.set(false);
    this.search.find(this.jump() === null ? text : '');
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') {
      event.preventDefault();
      const line = this.jump();
      if (line !== null) this.goTo(Number(line) - 1);
      else this.step(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape' && this.text() !== '') {
      event.stopPropagation();
      this.find('');
    }
  }

  protected step(by: 1 | -1): void {
    const match = this.search.step(by, this.view()?.firstVisible() ?? 0);
    if (!match) return;
    if (match.line < this.firstLine()) this.firstLine.set(0);
    this.reveal(match.line);
  }

  protected goTo(index: number): void {
    const last = (this.feed()?.buffer.lineCount ?? 1) - 1;
    const line = Math.max(0, Math.min(index, last));
    this.lineChosen.emit(line + 1);
    if (line < this.firstLine()) this.firstLine.set(0);
    this.reveal(line);
  }

  protected clear(): void {
    this.firstLine.set(this.feed()?.buffer.lineCount ?? 0);
    this.follow.set(true);
  }

  /** After the page has drawn what was set before: cleared lines may be back only then. */
  private reveal(line: number): void {
    this.follow.set(false);
    afterNextRender(() => this.view()?.reveal(line), { injector: this.injector });
  }

  /** Once per address, as soon as the line is here. */
  private revealTarget(): void {
    const [feed, target] = [this.feed(), this.target()];
    feed?.version();
    const key = `${feed?.runId} ${feed?.attempt} ${target}`;
    if (!feed || target === null || key === this.revealed || feed.previewing || feed.buffer.lineCount <= target) return;
    this.revealed = key;
    untracked(() => this.reveal(target));
  }
}
