import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { Icon } from './icon';

/** In the place of what could not be loaded: what it is, why, and the way to try again. */
@Component({
  selector: 'mle-load-failure',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'empty', role: 'alert' },
  template: `
    <mle-icon name="alert" />
    <h3>{{ what() }} could not be loaded</h3>
    <p>{{ text() }}</p>
    <button type="button" class="btn" (click)="again.emit()"><mle-icon name="rerun" />Try again</button>
  `,
})
export class LoadFailure {
  /** With its article: `The machines`. */
  readonly what = input.required<string>();
  readonly text = input.required<string | null>();
  readonly again = output();
}
