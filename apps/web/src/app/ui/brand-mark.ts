import { ChangeDetectionStrategy, Component } from '@angular/core';

/** Axes and a falling curve. */
@Component({
  selector: 'mle-brand-mark',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'aria-hidden': 'true' },
  template: `<svg viewBox="0 0 20 20">
    <path d="M3 2.5v12A2.5 2.5 0 0 0 5.5 17h12" />
    <path class="curve" d="M6 4c.6 6 3.2 8.7 8.6 9" />
    <circle cx="15.4" cy="13" r="1.7" />
  </svg>`,
  styles: `
    :host {
      display: inline-block;
      width: 20px;
      height: 20px;
      line-height: 0;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: none;
      stroke: var(--text);
      stroke-width: 1.6;
      stroke-linecap: round;
    }
    .curve {
      stroke: var(--accent);
      stroke-width: 1.8;
    }
    circle {
      fill: var(--accent);
      stroke: none;
    }
  `,
})
export class BrandMark {}
