import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, input, output } from '@angular/core';
import type { DrawnRun } from './drawn-run';
import { sizeOf } from './size-of';
import type { Stop, ValueAxis } from './value-axes';

const MARGIN = { top: 10, right: 24, bottom: 34, left: 60 };

/** A dot for each run at its values on two axes. */
@Component({
  selector: 'mle-scatter-plot',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <svg [attr.width]="size().width" [attr.height]="size().height" role="img" [attr.aria-label]="label()">
      @for (tick of xTicks(); track tick.text) {
        <line class="grid" [attr.x1]="tick.at" [attr.x2]="tick.at" [attr.y1]="top" [attr.y2]="bottom()" />
        <text class="tick x" [attr.x]="tick.at" [attr.y]="bottom() + 12">{{ tick.text }}</text>
      }
      @for (tick of yTicks(); track tick.text) {
        <line class="grid" [attr.x1]="left" [attr.x2]="right()" [attr.y1]="tick.at" [attr.y2]="tick.at" />
        <text class="tick y" [attr.x]="left - 8" [attr.y]="tick.at">{{ tick.text }}</text>
      }
      @for (dot of dots(); track dot.run.id) {
        <circle
          [class.own]="dot.own"
          [class.out]="!dot.kept"
          [attr.cx]="dot.x"
          [attr.cy]="dot.y"
          [attr.r]="dot.own ? 5 : 3.5"
          [style.fill]="dot.colour"
          (click)="!dot.own && picked.emit(dot.run.id)"
        >
          <title>{{ dot.title }}</title>
        </circle>
      }
    </svg>
  `,
  styles: `
    :host {
      display: block;
      min-width: 0;
      min-height: 0;
      overflow: hidden;
    }
    svg {
      display: block;
      font: var(--text-12);
      font-size: 11px;
    }
    .grid {
      stroke: var(--grid);
    }
    .tick {
      fill: var(--text-muted);
      dominant-baseline: central;
      &.x {
        text-anchor: middle;
      }
      &.y {
        text-anchor: end;
      }
    }
    circle {
      fill-opacity: 0.45;
      cursor: pointer;
      &.own {
        fill-opacity: 1;
        stroke: var(--surface);
        cursor: auto;
      }
      &.out {
        fill-opacity: 0.1;
      }
    }
  `,
})
export class ScatterPlot {
  readonly x = input.required<ValueAxis>();
  readonly y = input.required<ValueAxis>();
  readonly runs = input.required<readonly DrawnRun[]>();
  /** A run that is not compared yet was chosen. */
  readonly picked = output<string>();
  protected readonly size = sizeOf(inject<ElementRef<HTMLElement>>(ElementRef));
  protected readonly top = MARGIN.top;
  protected readonly left = MARGIN.left;
  protected readonly right = computed(() => Math.max(this.left, this.size().width - MARGIN.right));
  protected readonly bottom = computed(() => Math.max(this.top, this.size().height - MARGIN.bottom));
  protected readonly xTicks = computed(() =>
    this.x().ticks.map((stop) => ({ text: stop.text, at: this.across(stop) })),
  );
  protected readonly yTicks = computed(() => this.y().ticks.map((stop) => ({ text: stop.text, at: this.up(stop) })));
  /** The runs that are compared lie above the others. */
  protected readonly dots = computed(() =>
    this.runs()
      .flatMap((drawn, i) => {
        const [x, y] = [this.x().of[i], this.y().of[i]];
        return x && y ? [{ ...drawn, x: this.across(x), y: this.up(y) }] : [];
      })
      .sort((a, b) => Number(a.own) - Number(b.own)),
  );
  protected readonly label = computed(
    () => `${this.y().name} against ${this.x().name}, ${this.dots().length} runs; the values are under Table`,
  );

  private readonly across = ({ at }: Stop): number => this.left + at * (this.right() - this.left);
  private readonly up = ({ at }: Stop): number => this.bottom() - at * (this.bottom() - this.top);
}
