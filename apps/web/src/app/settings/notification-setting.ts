import { ChangeDetectionStrategy, Component, DestroyRef, inject, signal } from '@angular/core';
import { NOTIFY_CHOICES, NotifyAfter } from '../core/notify-after';
import { Icon } from '../ui/icon';

type Permission = NotificationPermission | 'none' | 'insecure';

/** What the browser allows: it alone keeps the permission, and only a person can give it. */
@Component({
  selector: 'mle-notification-setting',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="muted">A notification of the browser tells when a run ends while you look elsewhere.</p>
    @switch (permission()) {
      @case ('granted') {
        <p class="row good">
          <mle-icon name="check" />This browser shows them. Take the permission back in the browser's settings of this
          page.
        </p>
      }
      @case ('denied') {
        <p class="row">
          <mle-icon name="alert" />This browser blocks them. Allow notifications in its settings of this page, beside
          the address.
        </p>
      }
      @case ('default') {
        <div><button type="button" class="btn" (click)="ask()">Allow notifications</button></div>
      }
      @case ('insecure') {
        <p class="row"><mle-icon name="alert" />The browser gives them to pages over HTTPS and on localhost only.</p>
      }
      @default {
        <p class="row"><mle-icon name="alert" />This browser has no notifications.</p>
      }
    }
    <label class="field">
      <span class="label">Length of the run</span>
      <select #length class="input" (change)="after.choose(+length.value)">
        @for (choice of choices; track choice.seconds) {
          <option [value]="choice.seconds" [selected]="choice.seconds === after.seconds()">{{ choice.label }}</option>
        }
      </select>
    </label>
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    .field {
      max-width: 320px;
    }
    .good mle-icon {
      color: var(--success);
    }
  `,
})
export class NotificationSetting {
  protected readonly after = inject(NotifyAfter);
  protected readonly choices = NOTIFY_CHOICES;
  protected readonly permission = signal<Permission>(readPermission());

  constructor() {
    // It may be changed in the browser's own settings meanwhile.
    const look = () => this.permission.set(readPermission());
    window.addEventListener('focus', look);
    inject(DestroyRef).onDestroy(() => window.removeEventListener('focus', look));
  }

  protected async ask(): Promise<void> {
    await Notification.requestPermission();
    this.permission.set(readPermission());
  }
}

function readPermission(): Permission {
  if (!window.isSecureContext) return 'insecure';
  return 'Notification' in window ? Notification.permission : 'none';
}
