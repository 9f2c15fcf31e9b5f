import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { type LoadSample, sparkOf } from './load-history';

const WIDTH = 72;
const HEIGHT = 18;

/** The load of the last two minutes as a small curve, and the latest value beside it. */
@Component({
  selector: 'mle-load-spark',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <svg viewBox="0 0 72 18" role="img" [attr.aria-label]="label() + ', last two minutes'">
      @if (spark(); as drawn) {
        <path class="area" [attr.d]="drawn.area" />
        <path class="line" [attr.d]="drawn.line" />
      }
    </svg>
    <span class="value">{{ text() }}</span>
  `,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      vertical-align: middle;
    }
    svg {
      width: 72px;
      height: 18px;
      flex: none;
      overflow: visible;
      border-bottom: 1px solid var(--border);
    }
    .area {
      fill: var(--running-soft);
    }
    .line {
      fill: none;
      stroke: var(--running-fill);
      stroke-width: 1.2;
      stroke-linejoin: round;
    }
    .value {
      min-width: 40px;
      color: var(--text-muted);
    }
  `,
})
export class LoadSpark {
  readonly of = input.required<'cpu' | 'gpu'>();
  readonly samples = input.required<readonly LoadSample[]>();
  /** The latest value, from 0 to 1. */
  readonly value = input.required<number>();
  protected readonly text = computed(() => `${Math.round(this.value() * 100)} %`);
  protected readonly label = computed(() => `${this.of().toUpperCase()} ${this.text()}`);
  protected readonly spark = computed(() => {
    const of = this.of();
    return sparkOf(
      this.samples().map((sample) => ({ at: sample.at, value: sample[of] })),
      WIDTH,
      HEIGHT,
    );
  });
}
