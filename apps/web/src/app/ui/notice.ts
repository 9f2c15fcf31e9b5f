import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { IconName } from '../core/icon-shapes';
import { Icon } from './icon';

type Tone = 'bad' | 'warn' | 'good' | 'plain';
const ICON_OF: Record<Tone, IconName> = { bad: 'alert', warn: 'alert', good: 'check', plain: 'info' };

/** A sentence that stands out: what went wrong, what to know. A button of its content stands at its end. */
@Component({
  selector: 'mle-notice',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[class]': 'tone()' },
  template: `
    <mle-icon [name]="shape()" />
    <p class="grow"><ng-content /></p>
    <ng-content select="button" />
    @if (closable()) {
      <button type="button" class="ib close" aria-label="Close the message" (click)="closed.emit()">
        <mle-icon name="x" />
      </button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      padding: 8px 12px;
      border-radius: var(--radius);
      background: var(--danger-soft);
      overflow-wrap: anywhere;
    }
    :host > mle-icon {
      margin-top: 2px;
      color: var(--danger);
    }
    /* Beside the icon and what closes it; a button that does not fit stands below. */
    p {
      flex: 1 1 auto;
      max-width: calc(100% - 56px);
    }
    :host(.good) {
      background: var(--success-soft);
      > mle-icon {
        color: var(--success);
      }
    }
    :host(.plain) {
      background: var(--sunken);
      > mle-icon {
        color: var(--text-muted);
      }
    }
    :host(.warn) {
      background: var(--warning-soft);
      > mle-icon {
        color: var(--warning);
      }
    }
    .close {
      width: 20px;
      height: 20px;
    }
  `,
})
export class Notice {
  readonly tone = input<Tone>('bad');
  /** In place of the tone's own. */
  readonly icon = input<IconName>();
  readonly closable = input(false);
  readonly closed = output();
  protected readonly shape = computed(() => this.icon() ?? ICON_OF[this.tone()]);
}
