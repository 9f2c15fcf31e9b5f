import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import type { IconName } from '../core/icon-shapes';
import { Icon } from '../ui/icon';
import { InlineName } from '../ui/inline-name';

/** In place of a row of the tree: the file or folder that is being named. */
@Component({
  selector: 'mle-naming-row',
  imports: [Icon, InlineName],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[style.--level]': 'level()' },
  template: `
    <mle-icon [name]="icon()" />
    <mle-inline-name [label]="label()" [value]="name()" [check]="check()" (done)="done.emit($event)" />
  `,
  styles: `
    :host {
      display: flex;
      align-items: flex-start;
      gap: 6px;
      min-height: 28px;
      padding: 0 4px 0 calc(22px + (var(--level) - 1) * 18px);
    }
    mle-icon {
      margin-top: 6px;
      color: var(--text-faint);
    }
    @media (max-width: 719px), (pointer: coarse) {
      :host {
        min-height: 44px;
      }
    }
  `,
})
export class NamingRow {
  readonly icon = input.required<IconName>();
  readonly level = input.required<number>();
  readonly label = input.required<string>();
  readonly name = input('');
  readonly check = input.required<(name: string) => string | null>();
  /** The new name, or null where nothing is to change. */
  readonly done = output<string | null>();
}
