import { ChangeDetectionStrategy, Component, inject, input, resource, signal } from '@angular/core';
import { Router } from '@angular/router';
import { AuthApi } from '../../core/auth-api';
import { sentence } from '../../core/problem';
import { ServerState } from '../../core/server-state';
import { Session } from '../../core/session';
import { Notice } from '../../ui/notice';
import { EntryCard } from './entry-card';

@Component({
  selector: 'mle-login-page',
  imports: [EntryCard, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <mle-entry-card>
      <form novalidate class="panel" (submit)="login($event, name.value, password.value)">
        <h1>Log in</h1>
        @if (error(); as text) {
          <mle-notice role="alert">{{ text }}</mle-notice>
        } @else if (ended()) {
          <mle-notice tone="warn" icon="info" role="status"
            >Your session has ended. Log in to go on; what you typed is kept.</mle-notice
          >
        } @else if (status.value()?.setupNeeded) {
          <mle-notice tone="warn" icon="info" role="status"
            >This server has no user yet. Open the set-up link that it printed when it started.</mle-notice
          >
        }
        <label class="field">
          <span class="label">Login</span>
          <input
            #name
            class="input"
            type="text"
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
          />
        </label>
        <label class="field">
          <span class="label">Password</span>
          <input #password class="input" type="password" name="password" autocomplete="current-password" required />
        </label>
        <button type="submit" class="btn primary" [disabled]="busy()">Log in</button>
      </form>
      <p class="hint">Forgot it? On the server, run<br /><code>npm run user:add -- LOGIN</code></p>
    </mle-entry-card>
  `,
})
export class LoginPage {
  /** Query parameters. */
  readonly next = input<string>();
  readonly ended = input<string>();
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly api = inject(AuthApi);
  private readonly server = inject(ServerState);
  protected readonly status = resource({ loader: () => this.server.whenReached(() => this.api.status()) });
  protected readonly busy = signal(false);
  protected readonly error = signal<string | null>(null);

  protected async login(event: Event, login: string, password: string): Promise<void> {
    event.preventDefault();
    this.busy.set(true);
    this.error.set(null);
    try {
      await this.session.login(login.trim(), password);
      await this.router.navigateByUrl(ownAddress(this.next()));
    } catch (error) {
      this.error.set(sentence(error));
    } finally {
      this.busy.set(false);
    }
  }
}

/** Only paths of this page: a link must not lead elsewhere after the login. */
export function ownAddress(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/code';
}
