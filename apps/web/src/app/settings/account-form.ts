import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { AuthApi } from '../core/auth-api';
import { type RequestError, toRequestError } from '../core/problem';
import { ServerState } from '../core/server-state';
import { Session } from '../core/session';
import { Icon } from '../ui/icon';

/** Changing one's password asks for the present one. */
@Component({
  selector: 'mle-account-form',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p>
      Logged in as <b>{{ session.user()?.login }}</b>, {{ session.user()?.role }}.
    </p>
    <form novalidate #form (submit)="save($event, form, current.value, next.value)">
      <input
        type="text"
        name="username"
        autocomplete="username"
        hidden
        [value]="session.user()?.login"
        aria-label="Login"
      />
      <label class="field">
        <span class="label">Present password</span>
        <input
          #current
          class="input"
          type="password"
          autocomplete="current-password"
          required
          [attr.aria-invalid]="!!failure()?.field('currentPassword')"
        />
        @if (failure()?.field('currentPassword'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <label class="field">
        <span class="label">New password</span>
        <input
          #next
          class="input"
          type="password"
          autocomplete="new-password"
          minlength="8"
          required
          aria-describedby="what-a-new-password-ends"
          [attr.aria-invalid]="!!failure()?.field('password')"
        />
        @if (failure()?.field('password'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <p id="what-a-new-password-ends" class="muted">
        A new password logs you out in other browsers, and your API tokens stop working.
      </p>
      <div class="row">
        <button
          type="submit"
          class="btn"
          [disabled]="busy() || server.refusal() !== null"
          [title]="server.refusal() ?? ''"
        >
          Change the password
        </button>
        @if (done()) {
          <span class="row good" role="status"><mle-icon name="check" />Changed</span>
        }
      </div>
      @if (failure(); as problem) {
        @if (!problem.field('currentPassword') && !problem.field('password')) {
          <p class="field-error" role="alert">{{ problem.message }}</p>
        }
      }
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 12px;
      max-width: 320px;
      margin-top: 12px;
    }
    .good {
      color: var(--success);
    }
  `,
})
export class AccountForm {
  protected readonly session = inject(Session);
  protected readonly server = inject(ServerState);
  private readonly api = inject(AuthApi);
  protected readonly busy = signal(false);
  protected readonly done = signal(false);
  protected readonly failure = signal<RequestError | null>(null);

  protected async save(event: Event, form: HTMLFormElement, currentPassword: string, password: string): Promise<void> {
    event.preventDefault();
    this.busy.set(true);
    this.done.set(false);
    this.failure.set(null);
    try {
      this.session.user.set(await this.api.update({ currentPassword, password }));
      form.reset();
      this.done.set(true);
    } catch (error) {
      this.failure.set(toRequestError(error));
    } finally {
      this.busy.set(false);
    }
  }
}
