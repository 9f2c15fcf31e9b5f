import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { FILLED, type IconName, ICONS } from '../core/icon-shapes';

/** A decorative icon; the name for assistive technology stands on its button. */
@Component({
  selector: 'mle-icon',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'aria-hidden': 'true' },
  template: `<svg viewBox="0 0 16 16" [class.filled]="filled()"><path [attr.d]="shape()" /></svg>`,
  styles: `
    :host {
      display: inline-block;
      width: 16px;
      height: 16px;
      flex: none;
      line-height: 0;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.4;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
    .filled {
      fill: currentColor;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly shape = computed(() => ICONS[this.name()]);
  protected readonly filled = computed(() => FILLED.has(this.name()));
}
