import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, input, output } from '@angular/core';
import { brushed, brushedPlaces, type Brushes } from './brushes';
import type { DrawnRun } from './drawn-run';
import { sizeOf } from './size-of';
import type { ValueAxis } from './value-axes';

const MARGIN = { top: 26, right: 52, bottom: 12, left: 40 };
const LETTER_PX = 6.6;
/** A pointer that moved less has clicked. */
const STILL_PX = 4;

/** An upright axis for each knob and metric and a line for each run; a stroke along an axis keeps the runs within it. */
@Component({
  selector: 'mle-parallel-axes',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './parallel-axes.html',
  styleUrl: './parallel-axes.scss',
})
export class ParallelAxes {
  readonly axes = input.required<readonly ValueAxis[]>();
  readonly runs = input.required<readonly DrawnRun[]>();
  readonly brushes = input.required<Brushes>();
  /** `done`: the hand has let go. */
  readonly brushedTo = output<{ brushes: Brushes; done: boolean }>();
  /** A run that is not compared yet was chosen. */
  readonly picked = output<string>();
  protected readonly size = sizeOf(inject<ElementRef<HTMLElement>>(ElementRef));
  private stroke: { axis: ValueAxis; from: number; moved: boolean } | null = null;

  protected readonly top = MARGIN.top;
  private readonly length = computed(() => Math.max(0, this.size().height - MARGIN.top - MARGIN.bottom));
  protected readonly bottom = computed(() => this.top + this.length());
  private readonly gap = computed(() => {
    const width = this.size().width - MARGIN.left - MARGIN.right;
    return width / Math.max(1, this.axes().length - 1);
  });
  protected readonly drawnAxes = computed(() => {
    const letters = Math.floor((this.gap() - 8) / LETTER_PX);
    return this.axes().map((axis, i) => {
      const [low, high] = brushedPlaces(axis, this.brushes());
      const [from, to] = [axis.stops[low], axis.stops[high]];
      return {
        axis,
        x: this.x(i),
        label: axis.name.length > letters ? `${axis.name.slice(0, Math.max(1, letters - 1))}…` : axis.name,
        ticks: axis.ticks.map(({ text, at }) => ({ text, y: this.y(at) })),
        whole: low === 0 && high === axis.stops.length - 1,
        ends: [
          { key: 'low' as const, place: low, text: from?.text ?? '', y: this.y(from?.at ?? 0) },
          { key: 'high' as const, place: high, text: to?.text ?? '', y: this.y(to?.at ?? 1) },
        ],
        from: this.y(to?.at ?? 1),
        height: this.y(from?.at ?? 0) - this.y(to?.at ?? 1),
      };
    });
  });
  /** The runs that are compared lie above the others. */
  protected readonly lines = computed(() =>
    this.runs()
      .map((drawn, i) => ({ ...drawn, d: this.path(i) }))
      .sort((a, b) => Number(a.own) - Number(b.own) || Number(a.kept) - Number(b.kept)),
  );

  protected strokeFrom(event: PointerEvent, axis: ValueAxis): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    event.target.setPointerCapture(event.pointerId);
    this.stroke = { axis, from: this.placeOf(event), moved: false };
  }

  protected strokeTo(event: PointerEvent): void {
    const { stroke } = this;
    if (!stroke) return;
    const to = this.placeOf(event);
    stroke.moved ||= Math.abs(to - stroke.from) * this.length() > STILL_PX;
    if (stroke.moved) this.keep(stroke.axis, stroke.from, to, false);
  }

  protected strokeEnd(event: PointerEvent): void {
    const { stroke } = this;
    this.stroke = null;
    if (!stroke) return;
    if (stroke.moved) this.keep(stroke.axis, stroke.from, this.placeOf(event), true);
    else this.set(stroke.axis, 0, stroke.axis.stops.length - 1, true);
  }

  /** An end moves from value to value. */
  protected onKey(event: KeyboardEvent, axis: ValueAxis, end: 'low' | 'high'): void {
    const [low, high] = brushedPlaces(axis, this.brushes());
    const last = axis.stops.length - 1;
    const at = end === 'low' ? low : high;
    const to = { ArrowUp: at + 1, ArrowRight: at + 1, ArrowDown: at - 1, ArrowLeft: at - 1, Home: 0, End: last }[
      event.key
    ];
    if (event.key === 'Escape' && (low > 0 || high < last)) {
      event.stopPropagation();
      this.set(axis, 0, last, true);
    }
    if (to === undefined) return;
    event.preventDefault();
    if (end === 'low') this.set(axis, Math.min(Math.max(0, to), high), high, true);
    else this.set(axis, low, Math.max(Math.min(last, to), low), true);
  }

  private keep(axis: ValueAxis, from: number, to: number, done: boolean): void {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const first = axis.stops.findIndex(({ at }) => at >= low);
    const last = axis.stops.findLastIndex(({ at }) => at <= high);
    // A stroke between two values keeps what it did so far.
    if (first === -1 || last < first) this.brushedTo.emit({ brushes: this.brushes(), done });
    else this.set(axis, first, last, done);
  }

  private set(axis: ValueAxis, low: number, high: number, done: boolean): void {
    this.brushedTo.emit({ brushes: brushed(this.brushes(), axis, low, high), done });
  }

  /** From 0 at the lower end of the axes to 1. */
  private placeOf({ clientY, target }: PointerEvent): number {
    const top = target instanceof SVGElement ? (target.ownerSVGElement?.getBoundingClientRect().top ?? 0) : 0;
    return 1 - (clientY - top - this.top) / Math.max(1, this.length());
  }

  private x(axis: number): number {
    return MARGIN.left + axis * this.gap();
  }

  private y(at: number): number {
    return this.top + (1 - at) * this.length();
  }

  /** Broken where the run has no value. */
  private path(run: number): string {
    let pen = 'M';
    return this.axes()
      .map(({ of }, i) => {
        const stop = of[run];
        if (!stop) {
          pen = 'M';
          return '';
        }
        const piece = `${pen}${this.x(i).toFixed(1)} ${this.y(stop.at).toFixed(1)}`;
        pen = 'L';
        return piece;
      })
      .join('');
  }
}
