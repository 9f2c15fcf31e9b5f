import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { type RequestError, toRequestError } from '../../core/problem';
import { Session } from '../../core/session';
import { Notice } from '../../ui/notice';
import { EntryCard } from './entry-card';

/** The first user, by the one-time link that the server printed: `/setup#token=…`. */
@Component({
  selector: 'mle-setup-page',
  imports: [EntryCard, Notice, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <mle-entry-card>
      <form novalidate class="panel" (submit)="create($event, login.value, password.value)">
        <h1>Create your account</h1>
        <p class="muted">This link works once. You will be the administrator of this server.</p>
        @if (general(); as text) {
          <mle-notice role="alert">{{ text }}</mle-notice>
        }
        <label class="field">
          <span class="label">Login</span>
          <input
            #login
            class="input"
            type="text"
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
            [attr.aria-invalid]="!!failure()?.field('login')"
          />
          @if (failure()?.field('login'); as text) {
            <span class="field-error" role="alert">{{ text }}</span>
          }
        </label>
        <label class="field">
          <span class="label">Password</span>
          <input
            #password
            class="input"
            type="password"
            name="password"
            autocomplete="new-password"
            minlength="8"
            required
            [attr.aria-invalid]="!!failure()?.field('password')"
          />
          @if (failure()?.field('password'); as text) {
            <span class="field-error" role="alert">{{ text }}</span>
          } @else {
            <span class="hint">At least 8 characters. A short sentence is good.</span>
          }
        </label>
        <mle-notice tone="plain"
          >The code that you run works on this computer itself. Run only code that you trust.</mle-notice
        >
        <button type="submit" class="btn primary" [disabled]="busy()">Create the account and open the sample</button>
      </form>
      <p class="hint">Have an account already? <a routerLink="/login">Log in</a></p>
    </mle-entry-card>
  `,
})
export class SetupPage {
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  // In the fragment, which no server and no log ever sees.
  private readonly token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  protected readonly busy = signal(false);
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly general = computed(() => {
    if (this.token === '') return 'The link is not complete. Copy all of the set-up link that the server printed.';
    const failure = this.failure();
    return failure && !failure.field('login') && !failure.field('password') ? failure.message : null;
  });

  protected async create(event: Event, login: string, password: string): Promise<void> {
    event.preventDefault();
    this.busy.set(true);
    this.failure.set(null);
    try {
      await this.session.setUp(this.token, login.trim(), password);
      await this.router.navigateByUrl('/code', { replaceUrl: true });
    } catch (error) {
      this.failure.set(toRequestError(error));
    } finally {
      this.busy.set(false);
    }
  }
}
