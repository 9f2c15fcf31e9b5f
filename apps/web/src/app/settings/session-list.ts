import { ChangeDetectionStrategy, Component, inject, resource, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import type { SessionView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { ago } from '../core/format';
import { sentence, toRequestError } from '../core/problem';
import { reloadWhenBack } from '../core/reload-when-back';
import { ServerState } from '../core/server-state';
import { confirm } from '../ui/confirm';
import { Icon } from '../ui/icon';
import { browserName } from './browser-name';
import { SettingsApi } from './settings-api';

/** The browsers in which the user is logged in, and how to end that. */
@Component({
  selector: 'mle-session-list',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h3>Where you are logged in</h3>
    @if (sessions.error(); as failure) {
      <p class="field-error" role="alert">The list could not be loaded. {{ words(failure) }}</p>
    } @else if (sessions.hasValue()) {
      <ul>
        @for (session of sessions.value(); track session.id) {
          <li class="row">
            <mle-icon name="machine" /><b>{{ name(session) }}</b>
            <span class="muted">{{ session.address }} logged in {{ when(session.createdAt) }}</span>
            @if (session.current) {
              <span class="muted end">this browser</span>
            } @else {
              <button
                type="button"
                class="btn small ghost end"
                [disabled]="server.refusal() !== null"
                [title]="server.refusal() ?? ''"
                [attr.aria-label]="'Log out ' + name(session) + ' of ' + when(session.createdAt)"
                (click)="end(session)"
              >
                Log out
              </button>
            }
          </li>
        }
      </ul>
    } @else {
      <ul aria-hidden="true">
        <li class="row"><span class="skeleton"></span></li>
      </ul>
    }
    @if (error(); as text) {
      <p class="field-error" role="alert">{{ text }}</p>
    }
    <button
      type="button"
      class="btn"
      [disabled]="server.refusal() !== null"
      [title]="server.refusal() ?? ''"
      (click)="endAll()"
    >
      Log out everywhere
    </button>
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
      justify-items: start;
      margin-top: 24px;
    }
    ul {
      width: 100%;
    }
    h3 {
      margin: 0;
      font-size: 14px;
    }
    li {
      min-height: 40px;
      border-top: 1px solid var(--border);
      padding: 4px 0;
    }
    li mle-icon {
      color: var(--text-faint);
    }
    .skeleton {
      width: 240px;
    }
    .end {
      margin-left: auto;
    }
  `,
})
export class SessionList {
  private readonly api = inject(SettingsApi);
  private readonly clock = inject(Clock);
  private readonly dialog = inject(MatDialog);
  protected readonly server = inject(ServerState);
  protected readonly sessions = resource({ loader: () => this.api.sessions() });
  protected readonly error = signal<string | null>(null);
  protected readonly words = sentence;

  constructor() {
    reloadWhenBack(this.sessions);
  }

  protected name({ browser }: SessionView): string {
    return browserName(browser);
  }

  protected when(at: string): string {
    return ago(at, this.clock.now());
  }

  protected async end({ id }: SessionView): Promise<void> {
    this.error.set(null);
    try {
      await this.api.endSession(id);
    } catch (error) {
      this.error.set(toRequestError(error).message);
    }
    this.sessions.reload();
  }

  protected async endAll(): Promise<void> {
    const act = async () => {
      await this.api.endSessions();
      location.assign('/login');
    };
    const title = 'Log out everywhere?';
    await confirm(this.dialog, {
      title,
      text: 'All browsers are logged out, this one too, and all API tokens stop working. Runs go on.',
      verb: 'Log out everywhere',
      act,
    });
  }
}
