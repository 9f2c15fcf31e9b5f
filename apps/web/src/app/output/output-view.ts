import { ChangeDetectionStrategy, Component, DestroyRef, ElementRef, computed, effect, inject, input, model, signal, untracked, viewChild, type OnInit } from '@angular/core';
import { plural } from '../core/format';
import { Icon } from '../ui/icon';
import { styleClasses } from './ansi-style';
import type { Column } from './line-table';
import type { OutputBuffer } from './output-buffer';
import type { OutputFeed } from './output-feed';
import { ScrollScale } from './scroll-scale';

const LINE_PX = 18;
const PAD_PX = 6;
/** Lines drawn beyond the visible ones, so that a fast scroll shows no blank. */
const OVERSCAN = 24;

interface Row {
  index: number;
  top: number;
  kind: string;
  time: string;
  runs: { text: string; classes: string }[];
}

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
  readonly follow = model(true);

  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly destroyRef = inject(DestroyRef);
  private readonly viewport = signal(0);
  /** The content pixel at the upper edge, unscaled. */
  private readonly top = signal(0);
  private readonly seenLines = signal(0);
  private ownScrollTop = -1;
  private drawn: { buffer: OutputBuffer; lines: number } | null = null;

  private readonly lineCount = computed(() => {
    this.feed().version();
    return Math.max(0, countLines(this.feed().buffer, this.column()) - this.firstLine());
  });
  protected readonly scale = computed(() => new ScrollScale(this.lineCount() * LINE_PX + 2 * PAD_PX, this.viewport()));
  protected readonly newLines = computed(() => Math.max(0, this.lineCount() - this.seenLines()));
  protected readonly followText = computed(() => (this.newLines() > 0 ? `Follow, ${plural(this.newLines(), 'new line')}` : 'Follow'));
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
      const scale = this.scale();
      const grownAbove = untracked(() => this.linesAddedAbove());
      if (this.follow()) untracked(() => this.moveTo(scale.maxTop));
      else untracked(() => this.moveTo(Math.min(this.top() + grownAbove * LINE_PX, scale.maxTop)));
    });
    effect(() => {
      const count = this.lineCount();
      if (this.follow()) this.seenLines.set(count);
    });
  }

  ngOnInit(): void {
    const element = this.scroller().nativeElement;
    const observer = new ResizeObserver(() => this.viewport.set(element.clientHeight));
    observer.observe(element);
    const wheel = (event: WheelEvent) => this.onWheel(event);
    element.addEventListener('wheel', wheel, { passive: false });
    this.destroyRef.onDestroy(() => {
      observer.disconnect();
      element.removeEventListener('wheel', wheel);
    });
  }

  protected onScroll(): void {
    const { scrollTop } = this.scroller().nativeElement;
    // Our own move answers with an event too; it must not round the position.
    if (Math.abs(scrollTop - this.ownScrollTop) < 1) return;
    this.ownScrollTop = -1;
    this.top.set(this.scale().toTop(scrollTop));
    this.follow.set(this.top() >= this.scale().maxTop - LINE_PX);
  }

  protected onKey(event: KeyboardEvent): void {
    const page = this.viewport() - LINE_PX;
    const steps: Record<string, number> = { ArrowDown: LINE_PX, ArrowUp: -LINE_PX, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.moveBy(step);
  }

  private onWheel(event: WheelEvent): void {
    // Where the bar is scaled, a notch of the wheel would skip lines.
    if (!this.scale().scaled || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.moveBy(event.deltaMode === 1 ? event.deltaY * LINE_PX : event.deltaY);
  }

  private moveBy(px: number): void {
    const { maxTop } = this.scale();
    this.moveTo(Math.max(0, Math.min(maxTop, this.top() + px)));
    this.follow.set(this.top() >= maxTop - 1);
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
    const lines = countLines(buffer, this.column());
    this.drawn = { buffer, lines };
    // Who went to the very beginning wants the true one.
    return before && before.buffer !== buffer && before.lines > 0 && this.top() > 0 && lines > before.lines ? lines - before.lines : 0;
  }

  private writeScroll(element: HTMLElement): void {
    const wanted = Math.round(this.scale().toScroll(this.top()));
    if (Math.abs(element.scrollTop - wanted) < 1) return;
    this.ownScrollTop = wanted;
    element.scrollTop = wanted;
    this.ownScrollTop = element.scrollTop;
  }

  private visibleRows(): Row[] {
    this.feed().version();
    const { buffer } = this.feed();
    const [start, column] = [this.firstLine(), this.column()];
    const first = Math.max(0, Math.floor(this.top() / LINE_PX) - OVERSCAN);
    const last = Math.min(this.lineCount(), Math.ceil((this.top() + this.viewport()) / LINE_PX) + OVERSCAN);
    const rows: Row[] = [];
    for (let i = first; i < last; i++) {
      const index = column === null ? start + i : buffer.lineOf(column, start + i);
      const line = buffer.line(index);
      rows.push({
        index,
        top: i * LINE_PX + PAD_PX,
        kind: line.stream,
        time: this.timestamps() ? clockTime(line.time) : '',
        runs: line.runs.map((run) => ({ text: run.text, classes: styleClasses(run.style) })),
      });
    }
    return rows;
  }
}

/** How many lines there are to show, of all or of one column. */
export const countLines = (buffer: OutputBuffer, column: Column | null): number => (column === null ? buffer.lineCount : buffer.countOf(column));

function clockTime(time: number): string {
  const at = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
