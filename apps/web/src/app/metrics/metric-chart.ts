import { NgTemplateOutlet } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
  ViewEncapsulation,
} from '@angular/core';
import { shownNumber } from '@mle/protocol/shown-number';
import { Theme } from '../core/theme';
import { Icon } from '../ui/icon';
import { csvOf, saveCsv } from './chart-csv';
import { type ChartLine, description, highest, rowsOf, short, sorted, valueAt } from './chart-data';
import type { ChartDrawing, CursorPlace, Picture } from './chart-drawing';
import { type ChartGroup } from './chart-group';
import { savePng } from './chart-png';
import { colourOfLine } from './series-slots';

/** Rows of the table: the first and the last of a long one. */
const TABLE_ROWS = 400;
/** Beside the cursor: the highest and the lowest values of very many lines. */
const CURSOR_ROWS = 16;

/** One metric, a line for each run. It loads and draws only while it can be seen. */
@Component({
  selector: 'mle-metric-chart',
  imports: [Icon, NgTemplateOutlet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  // uPlot makes its own elements.
  encapsulation: ViewEncapsulation.None,
  host: {
    class: 'mle-chart',
    role: 'figure',
    '[attr.aria-label]': 'title()',
    '[class.enlarged]': 'enlarged()',
    '(keydown.escape)': 'onEscape($event)',
  },
  templateUrl: './metric-chart.html',
  styleUrl: './metric-chart.scss',
})
export class MetricChart {
  readonly title = input.required<string>();
  readonly lines = input.required<readonly ChartLine[]>();
  readonly group = input.required<ChartGroup>();
  /** What x counts. */
  readonly axis = input('step');
  readonly note = input('');
  readonly smoothing = input(0);
  readonly log = input(false);
  readonly legend = input(true);
  /** Without it the head has what its place is given: a choice of charts, for example. */
  readonly named = input(true);
  readonly floor = input<number | null>(null);
  readonly ceiling = input<number | null>(null);
  readonly formatX = input<(value: number) => string>(short);
  /** Of the axis; values beside the cursor and in the table have all their digits. */
  readonly formatY = input<(value: number) => string>(short);
  readonly formatValue = input<(value: number | null) => string>((value) => shownNumber(value));

  /** A point was chosen, by the id of its line. */
  readonly pointChosen = output<{ id: string; x: number; y: number }>();

  private readonly theme = inject(Theme);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly plot = viewChild<ElementRef<HTMLElement>>('plot');
  private readonly kit = signal<typeof import('./chart-drawing') | null>(null);
  private readonly visible = signal(false);
  private readonly place = signal<CursorPlace | null>(null);
  private drawing: ChartDrawing | null = null;
  protected readonly failure = signal(false);
  protected readonly table = signal(false);
  protected readonly enlarged = computed(() => this.group().enlarged() === this.title());
  protected readonly shown = computed(() => this.lines().filter(({ id }) => !this.group().isHidden(id)));
  protected readonly pointCount = computed(() => this.shown().reduce((sum, { x }) => sum + x.length, 0));
  protected readonly sentence = computed(() =>
    description(this.title(), this.axis(), this.shown(), this.formatValue()),
  );
  protected readonly colour = (line: { slot: number; before?: boolean; token?: string | undefined }): string =>
    `var(${colourOfLine(line)})`;

  protected readonly cursor = computed(() => {
    const place = this.place();
    if (!place) return null;
    const rows = this.shown()
      .map(({ id, label, slot, before = false, held = false, token, ...line }) => ({
        id,
        label,
        slot,
        before,
        held,
        token,
        at: valueAt(...columns(line), place.x),
        known: line.x.length > 0,
        past: place.x > highest(line.x),
      }))
      .filter(({ known }) => known)
      .sort((a, b) => (b.at ?? Number.NEGATIVE_INFINITY) - (a.at ?? Number.NEGATIVE_INFINITY));
    const named = (some: typeof rows) => some.map((row) => ({ ...row, value: this.formatValue()(row.at) }));
    const half = CURSOR_ROWS / 2;
    if (rows.length <= CURSOR_ROWS) return { ...place, highest: named(rows), between: 0, lowest: [] };
    const between = rows.length - CURSOR_ROWS;
    return { ...place, highest: named(rows.slice(0, half)), between, lowest: named(rows.slice(-half)) };
  });

  private readonly rows = computed(() => (this.table() ? rowsOf(this.shown().map(sorted)) : { x: [], columns: [] }));
  protected readonly leftOut = computed(() => Math.max(0, this.rows().x.length - TABLE_ROWS));
  protected readonly tableRows = computed(() => {
    const { x, columns: values } = this.rows();
    const half = TABLE_ROWS / 2;
    const format = this.formatValue();
    return x
      .map((place, i) => ({
        x: this.formatX()(place),
        values: values.map((column) => (column[i] === undefined ? '' : format(column[i]))),
      }))
      .filter((_, i) => this.leftOut() === 0 || i < half || i >= x.length - half);
  });

  private readonly picture = computed<Picture>(() => ({
    lines: this.lines(),
    hidden: this.lines().map(({ id }) => this.group().isHidden(id)),
    smoothing: this.smoothing(),
    log: this.log(),
    zoom: this.group().zoom(),
    floor: this.floor(),
    ceiling: this.ceiling(),
    formatX: this.formatX(),
    formatY: this.formatY(),
  }));

  constructor() {
    this.watchVisibility();
    effect(() => {
      if (this.visible() && !this.kit()) untracked(() => void this.load());
    });
    effect(() => {
      const [element, kit] = [this.plot()?.nativeElement, this.kit()];
      untracked(() => this.mount(element, kit));
    });
    effect(() => {
      // Read before the test of visibility, so that what changed while it was out of sight is drawn when it is back.
      const picture = this.picture();
      if (this.visible() && this.kit() && this.plot()) this.drawing?.draw(picture);
    });
    effect(() => {
      this.theme.dark();
      untracked(() => this.drawing?.restyle());
    });
    inject(DestroyRef).onDestroy(() => this.drawing?.destroy());
  }

  protected async load(): Promise<void> {
    this.failure.set(false);
    try {
      this.kit.set(await import('./chart-drawing'));
    } catch {
      this.failure.set(true);
    }
  }

  protected enlarge(): void {
    this.group().enlarged.update((title) => (title === this.title() ? null : this.title()));
  }

  protected onEscape(event: Event): void {
    if (!this.enlarged()) return;
    event.stopPropagation();
    this.enlarge();
  }

  /** What is drawn: of very many points a part, the highest and the lowest among them. */
  protected save(): void {
    saveCsv(this.title(), csvOf(this.axis(), this.shown()));
  }

  protected savePicture(): void {
    savePng(this.title(), this.host);
  }

  private mount(element: HTMLElement | undefined, kit: typeof import('./chart-drawing') | null): void {
    this.drawing?.destroy();
    this.drawing = null;
    this.place.set(null);
    if (!element || !kit) return;
    this.drawing = new kit.ChartDrawing(element, this.group().key, this.picture(), {
      onZoom: (range) => this.group().zoom.set(range),
      onCursor: (place) => this.place.set(place),
      onPick: ({ line, x, y }) => {
        const chosen = this.lines()[line];
        if (chosen) this.pointChosen.emit({ id: chosen.id, x, y });
      },
    });
    this.resizes.disconnect();
    this.resizes.observe(element);
  }

  private readonly resizes = new ResizeObserver(() => this.drawing?.resize());

  private watchVisibility(): void {
    const observer = new IntersectionObserver((entries) => this.visible.set(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: '100px',
    });
    observer.observe(this.host);
    inject(DestroyRef).onDestroy(() => {
      observer.disconnect();
      this.resizes.disconnect();
    });
  }
}

function columns(line: Pick<ChartLine, 'x' | 'y'>): [number[], (number | null)[]] {
  const { x, y } = sorted(line);
  return [x, y];
}
