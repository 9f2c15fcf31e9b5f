import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { Icon } from '../ui/icon';

/** Go at a machine or a pool; the one that Ctrl Enter uses stands out and says so. */
@Component({
  selector: 'mle-go-button',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button
      type="button"
      class="btn small go"
      [class.primary]="primary() && reason() === null"
      [disabled]="reason() !== null"
      [title]="reason() ?? what()"
      [attr.aria-label]="'Go on ' + place()"
      (click)="go.emit()"
    >
      <mle-icon name="play" /><span>Go</span>
      @if (primary() && reason() === null) {
        <span class="wide" data-keys="Ctrl ↵" aria-hidden="true"></span>
      }
    </button>
  `,
  styles: `
    :host {
      display: flex;
    }
    .go {
      min-width: 64px;
    }
    @media (max-width: 719px) {
      .wide {
        display: none;
      }
    }
  `,
})
export class GoButton {
  readonly place = input.required<string>();
  /** What a press does, in full. */
  readonly what = input.required<string>();
  readonly primary = input.required<boolean>();
  /** Why it cannot be pressed. */
  readonly reason = input.required<string | null>();
  readonly go = output();
}
