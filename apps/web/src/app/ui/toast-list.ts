import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { type Toast, Toasts } from '../core/toasts';
import { Icon } from './icon';

@Component({
  selector: 'mle-toast-list',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'status', 'aria-label': 'Notes' },
  template: `
    @for (toast of toasts.list(); track toast.id) {
      <div class="toast" [class.bad]="toast.bad">
        <mle-icon [name]="toast.icon" />
        <span class="text">{{ toast.text }}</span>
        @if (toast.action; as action) {
          <button type="button" class="btn small ghost" (click)="act(toast)">{{ action.label }}</button>
        }
        <button type="button" class="ib" aria-label="Close the note" (click)="toasts.dismiss(toast.id)">
          <mle-icon name="x" />
        </button>
      </div>
    }
  `,
  styles: `
    :host {
      position: fixed;
      left: 50%;
      bottom: 16px;
      transform: translateX(-50%);
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 8px;
      z-index: 1100;
      // From the middle only half of the page would be its own.
      width: max-content;
      max-width: calc(100vw - 16px);
      pointer-events: none;
    }
    .toast {
      display: flex;
      align-items: center;
      gap: 10px;
      min-height: 40px;
      padding: 6px 6px 6px 12px;
      background: var(--raised);
      border-radius: var(--radius);
      box-shadow: var(--shadow);
      max-width: 100%;
      pointer-events: auto;
      animation: rise var(--slow) var(--ease);
    }
    .text {
      overflow-wrap: anywhere;
    }
    .toast > mle-icon {
      color: var(--text-muted);
    }
    .bad > mle-icon {
      color: var(--danger);
    }
    .btn {
      color: var(--accent-text);
    }
    @keyframes rise {
      from {
        opacity: 0;
        transform: translateY(4px);
      }
    }
    @media (max-width: 719px) {
      :host {
        bottom: 72px;
      }
    }
  `,
})
export class ToastList {
  protected readonly toasts = inject(Toasts);

  protected act(toast: Toast): void {
    this.toasts.dismiss(toast.id);
    toast.action?.run();
  }
}
