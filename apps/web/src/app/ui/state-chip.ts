import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { roleOf, StateIcon, type StateShape, stateWord } from './state-icon';

/** State as shape, colour and word; success stays quiet. */
@Component({
  selector: 'mle-state-chip',
  imports: [StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[class]': 'role()', '[class.quiet]': 'state() === "succeeded"' },
  template: `<mle-state-icon [state]="state()" /><span>{{ word() }}</span>`,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 5px;
      height: 20px;
      padding: 0 7px 0 4px;
      border-radius: var(--radius);
      background: var(--role-soft);
      color: var(--role);
      font: var(--text-12);
      font-weight: var(--weight-medium);
      white-space: nowrap;
      vertical-align: middle;
    }
    :host(.quiet) {
      background: none;
    }
  `,
})
export class StateChip {
  readonly state = input.required<StateShape>();
  /** In place of the state's own word. */
  readonly text = input<string>();
  protected readonly role = computed(() => roleOf(this.state()));
  protected readonly word = computed(() => this.text() ?? stateWord(this.state()));
}
