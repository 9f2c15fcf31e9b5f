import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  model,
  type OnInit,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { plural } from '../core/format';
import { Icon } from '../ui/icon';
import { clockTime, drawnLine, type DrawnRow, withPlace } from './drawn-line';
import type { Column } from './line-table';
import type { OutputBuffer } from './output-buffer';
import type { OutputFeed } from './output-feed';
import type { Match } from './output-search';
import { ScrollScale } from './scroll-scale';
import type { SourcePlace } from './source-place';
import { LINE_PX, movedBy } from './wrapped-scroll';

const PAD_PX = 6;
/** Lines drawn beyond the visible ones, so that a fast scroll shows no blank. */
const OVERSCAN = 24;

/** The lines of a run: only the visible ones are nodes, and all of them are text. */
@Component({
  selector: 'mle-output-view',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './output-view.html',
  styleUrl: './output-view.scss',
})
export class OutputView implements OnInit {
  readonly feed = input.required<OutputFeed>();
  readonly label = input.required<string>();
  /** The first line that is shown: those before were cleared from view. */
  readonly firstLine = input(0);
  /** One column only, where the streams are shown apart; `firstLine` counts within it. */
  readonly column = input<Column | null>(null);
  readonly numbered = input(false);
  readonly timestamps = input(false);
  /** Long lines are broken at the edge, so that nothing scrolls sideways. */
  readonly wrap = input(false);
  /** The text whose occurrences are marked, and which of them is the present one. */
  readonly marked = input('');
  readonly match = input<Match | null>(null);
  /** The line that a link points at, counted from 0. */
  readonly target = input<number | null>(null);
  readonly follow = model(true);
  /** The file of the project that a program calls so; null: no path leads anywhere. */
  readonly fileOf = input<((path: string) => string | null) | null>(null);
  /** A line of the project was chosen in a traceback. */
  readonly placeChosen = output<SourcePlace>();
  /** The number of a line was chosen. */
  readonly chosen = output<number>();

  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly block = viewChild<ElementRef<HTMLElement>>('block');
  private readonly destroyRef = inject(DestroyRef);
  private readonly viewport = signal(0);
  private readonly width = signal(0);
  /** The content pixel at the upper edge, unscaled; each line counts as `LINE_PX`. */
  private readonly top = signal(0);
  private readonly seenLines = signal(0);
  private ownScrollTop = -1;
  private drawn: { buffer: OutputBuffer; lines: number } | null = null;

  private readonly lineCount = computed(() => {
    this.feed().version();
    return Math.max(0, this.feed().buffer.countOf(this.column()) - this.firstLine());
  });
  /** The position at which the last line ends at the lower edge, where no line is wrapped. */
  private readonly endTop = computed(() => Math.max(0, this.lineCount() * LINE_PX + 2 * PAD_PX - this.viewport()));
  // Wrapped lines are higher than they count: each of them has to be able to come to the upper edge.
  protected readonly scale = computed(
    () =>
      new ScrollScale(
        this.wrap() ? this.lineCount() * LINE_PX + this.viewport() : this.endTop() + this.viewport(),
        this.viewport(),
      ),
  );
  protected readonly newLines = computed(() => Math.max(0, this.lineCount() - this.seenLines()));
  protected readonly followText = computed(() =>
    this.newLines() > 0 ? `Follow, ${plural(this.newLines(), 'new line')}` : 'Follow',
  );
  protected readonly shift = computed(() => {
    const scale = this.scale();
    return scale.scaled ? scale.toScroll(this.top()) - this.top() : 0;
  });
  protected readonly rows = computed(() => this.visibleRows());
  /** Line numbers are known when the beginning is here. */
  protected readonly showNumbers = computed(() => {
    this.feed().version();
    return this.numbered() && !this.feed().previewing && this.feed().buffer.start === 0;
  });
  protected readonly numberWidth = computed(() => `${Math.max(3, String(this.feed().buffer.lineCount).length)}ch`);

  constructor() {
    effect(() => {
      const { maxTop } = this.scale();
      const end = this.endTop();
      const grownAbove = untracked(() => this.linesAddedAbove());
      if (this.follow()) untracked(() => this.moveTo(end));
      else untracked(() => this.moveTo(Math.min(this.top() + grownAbove * LINE_PX, maxTop)));
    });
    effect(() => {
      const count = this.lineCount();
      if (this.follow()) this.seenLines.set(count);
    });
    afterRenderEffect({ write: () => this.placeBlock() });
  }

  ngOnInit(): void {
    const element = this.scroller().nativeElement;
    const observer = new ResizeObserver(() => {
      this.viewport.set(element.clientHeight);
      this.width.set(element.clientWidth);
    });
    observer.observe(element);
    const wheel = (event: WheelEvent) => this.onWheel(event);
    element.addEventListener('wheel', wheel, { passive: false });
    this.destroyRef.onDestroy(() => {
      observer.disconnect();
      element.removeEventListener('wheel', wheel);
    });
  }

  /** The line at the upper edge, among all lines. */
  firstVisible(): number {
    return this.indexOf(Math.floor(this.top() / LINE_PX));
  }

  /** Scrolls to a line, counted among all lines, and stops to follow. */
  reveal(index: number): void {
    const place = index - this.firstLine();
    if (this.column() !== null || place < 0) return;
    this.follow.set(false);
    this.seenLines.set(this.lineCount());
    const above = this.wrap() ? 2 * LINE_PX : Math.max(0, (this.viewport() - LINE_PX) / 3);
    this.moveTo(Math.max(0, Math.min(this.endTop(), place * LINE_PX - above)));
  }

  protected onScroll(): void {
    const { scrollTop } = this.scroller().nativeElement;
    // Our own move answers with an event too; it must not round the position.
    if (Math.abs(scrollTop - this.ownScrollTop) < 1) return;
    this.ownScrollTop = -1;
    this.top.set(this.scale().toTop(scrollTop));
    this.follow.set(this.reachesEnd(this.top(), LINE_PX));
    if (this.wrap() && this.follow()) this.moveTo(this.endTop());
  }

  protected onKey(event: KeyboardEvent): void {
    const page = this.viewport() - LINE_PX;
    const steps: Record<string, number> = {
      ArrowDown: LINE_PX,
      ArrowUp: -LINE_PX,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.moveBy(step);
  }

  private onWheel(event: WheelEvent): void {
    // Where the bar is scaled, or lines have heights of their own, a notch of the wheel would skip some.
    if ((!this.scale().scaled && !this.wrap()) || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.moveBy(event.deltaMode === 1 ? event.deltaY * LINE_PX : event.deltaY);
  }

  private moveBy(px: number): void {
    const from = this.wrap() && this.follow() ? this.topOfBlock() : this.top();
    const to = this.wrap() && Number.isFinite(px) ? movedBy(from, px, (place) => this.heightOf(place)) : from + px;
    const end = this.reachesEnd(to, 1);
    this.moveTo(end ? this.endTop() : Math.max(0, to));
    this.follow.set(end);
  }

  /** Whether the last line can be seen from there, but for `slack` pixels. */
  private reachesEnd(top: number, slack: number): boolean {
    if (!this.wrap() || top === Infinity) return top >= this.endTop() - slack;
    return (
      movedBy(Math.max(0, top), this.viewport() - 2 * PAD_PX, (place) => this.heightOf(place)) >=
      this.lineCount() * LINE_PX - slack
    );
  }

  private moveTo(top: number): void {
    this.top.set(top);
    const element = this.scroller().nativeElement;
    // The element has to have its new height before it can scroll there.
    queueMicrotask(() => this.writeScroll(element));
    requestAnimationFrame(() => this.writeScroll(element));
  }

  /** When the whole output takes the place of its end, what one was reading is further down. */
  private linesAddedAbove(): number {
    const { buffer } = this.feed();
    const before = this.drawn;
    const lines = buffer.countOf(this.column());
    this.drawn = { buffer, lines };
    // Who went to the very beginning wants the true one.
    return before && before.buffer !== buffer && before.lines > 0 && this.top() > 0 && lines > before.lines
      ? lines - before.lines
      : 0;
  }

  private writeScroll(element: HTMLElement): void {
    const wanted = Math.round(this.scale().toScroll(this.top()));
    if (Math.abs(element.scrollTop - wanted) < 1) return;
    this.ownScrollTop = wanted;
    element.scrollTop = wanted;
    this.ownScrollTop = element.scrollTop;
  }

  private visibleRows(): DrawnRow[] {
    this.feed().version();
    const { buffer } = this.feed();
    const first = Math.max(0, Math.floor(this.top() / LINE_PX) - OVERSCAN);
    const last = Math.min(this.lineCount(), Math.ceil((this.top() + this.viewport()) / LINE_PX) + OVERSCAN);
    const rows: DrawnRow[] = [];
    for (let place = first; place < last; place++) {
      const index = this.indexOf(place);
      const line = buffer.line(index);
      const match = this.match();
      const runs = drawnLine(line.runs, this.marked(), match?.line === index ? match.nth : -1);
      const fileOf = this.fileOf();
      rows.push({
        place,
        index,
        top: place * LINE_PX + PAD_PX,
        kind: line.stream,
        time: this.timestamps() ? clockTime(line.time) : '',
        runs: fileOf === null ? runs : withPlace(runs, fileOf),
      });
    }
    return rows;
  }

  private indexOf(place: number): number {
    return this.feed().buffer.lineOf(this.column(), this.firstLine() + place);
  }

  /**
   * Wrapped lines stand one below the other; the block is put so that the line at the upper edge, or the last one, is
   * where it belongs.
   */
  private placeBlock(): void {
    const rows = this.rows();
    const [top, viewport] = [this.top(), this.viewport()];
    const follows = this.follow();
    this.width();
    const block = this.block()?.nativeElement;
    if (!block || !this.wrap()) return;
    const edge = this.scale().toScroll(top);
    const place = Math.floor(top / LINE_PX);
    const row = this.rowOf(place);
    const inside = row ? row.offsetTop + (top / LINE_PX - place) * row.offsetHeight : 0;
    const atEnd = follows || rows.length === 0;
    const fits = block.offsetHeight + 2 * PAD_PX <= viewport && rows[0]?.place === 0;
    const y = fits ? PAD_PX : atEnd ? edge + viewport - block.offsetHeight - PAD_PX : edge - inside;
    block.style.transform = `translateY(${Math.round(y)}px)`;
  }

  /** The position of what stands at the upper edge while the end is followed. */
  private topOfBlock(): number {
    const block = this.block()?.nativeElement;
    if (!block) return this.top();
    const edge = this.scroller().nativeElement.getBoundingClientRect().top;
    for (const row of this.rows()) {
      const box = this.rowOf(row.place)?.getBoundingClientRect();
      if (box && box.bottom > edge) return (row.place + Math.max(0, (edge - box.top) / box.height)) * LINE_PX;
    }
    return this.top();
  }

  private rowOf(place: number): HTMLElement | null {
    const first = this.rows()[0]?.place ?? 0;
    return (this.block()?.nativeElement.children[place - first] as HTMLElement | undefined) ?? null;
  }

  private heightOf(place: number): number | null {
    return this.rowOf(place)?.offsetHeight ?? null;
  }
}
