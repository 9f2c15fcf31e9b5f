import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import type { MachineView, Role, UserView } from '@mle/protocol';
import { type RequestError, sentence, toRequestError } from '../core/problem';
import { reloadWhenBack } from '../core/reload-when-back';
import { ServerState } from '../core/server-state';
import { Session } from '../core/session';
import { MachineEdits } from '../machines/machine-edits';
import { MachinesStore } from '../machines/machines-store';
import { confirm } from '../ui/confirm';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { SettingsApi } from './settings-api';

/** Who may log in. Administrators only. */
@Component({
  selector: 'mle-user-list',
  imports: [Icon, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (users.error(); as problem) {
      <p class="field-error" role="alert">The users could not be loaded. {{ words(problem) }}</p>
    } @else if (users.hasValue()) {
      <ul>
        @for (user of users.value(); track user.id) {
          <li class="row">
            <mle-icon name="user" /><b>{{ user.login }}</b>
            <select
              #role
              class="input small"
              [attr.aria-label]="'Role of ' + user.login"
              [disabled]="whyNot(user) !== null"
              [title]="whyNot(user) ?? ''"
              (change)="changeRole(user, role.value)"
            >
              <option value="admin" [selected]="user.role === 'admin'">admin</option>
              <option value="member" [selected]="user.role === 'member'">member</option>
            </select>
            @if (user.id !== session.user()?.id) {
              <button
                type="button"
                class="btn small ghost end"
                [disabled]="server.refusal() !== null"
                [title]="server.refusal() ?? ''"
                [attr.aria-label]="'Remove ' + user.login"
                (click)="remove(user)"
              >
                Remove
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
    @if (exposed(); as machine) {
      <mle-notice tone="warn" icon="alert">
        This server was not started as root. Whoever runs programs on {{ machine.name }} can read its keys, all projects
        and all that is stored. Members run nothing there unless you allow it; they use other machines.
        <label class="check"
          ><input
            #members
            type="checkbox"
            [checked]="machine.takesMembers"
            [disabled]="server.refusal() !== null"
            (change)="letMembersRun(machine, members)"
          />Members may run on {{ machine.name }}</label
        >
      </mle-notice>
    }
    <form novalidate #form (submit)="create($event, form, login.value, password.value)">
      <label class="field">
        <span class="label">Login</span>
        <input
          #login
          class="input"
          type="text"
          autocomplete="off"
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
          autocomplete="new-password"
          minlength="8"
          required
          [attr.aria-invalid]="!!failure()?.field('password')"
        />
        @if (failure()?.field('password'); as text) {
          <span class="field-error" role="alert">{{ text }}</span>
        }
      </label>
      <button type="submit" class="btn" [disabled]="server.refusal() !== null" [title]="server.refusal() ?? ''">
        <mle-icon name="plus" />Add a user
      </button>
    </form>
    @if (failure(); as problem) {
      @if (!problem.field('login') && !problem.field('password')) {
        <p class="field-error" role="alert">{{ problem.message }}</p>
      }
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    li {
      min-height: 40px;
      border-top: 1px solid var(--border);
      padding: 4px 0;
    }
    li mle-icon {
      color: var(--text-faint);
    }
    select {
      width: auto;
    }
    .skeleton {
      width: 240px;
    }
    .end {
      margin-left: auto;
    }
    form {
      display: flex;
      flex-wrap: wrap;
      align-items: flex-end;
      gap: 8px;
    }
  `,
})
export class UserList {
  private readonly api = inject(SettingsApi);
  private readonly dialog = inject(MatDialog);
  protected readonly session = inject(Session);
  protected readonly server = inject(ServerState);
  protected readonly users = resource({ loader: () => this.api.users() });
  private readonly machines = inject(MachinesStore);
  private readonly edits = inject(MachineEdits);
  /** The machine where programs have the rights of the server. */
  protected readonly exposed = computed(() =>
    this.machines.list().find(({ provider, inventory }) => provider === 'local' && inventory?.isolated === false),
  );
  protected readonly failure = signal<RequestError | null>(null);
  protected readonly words = sentence;

  constructor() {
    reloadWhenBack(this.users);
  }

  /** Why the role cannot be changed, or null. */
  protected whyNot(user: UserView): string | null {
    return user.id === this.session.user()?.id ? 'Another administrator can change your role' : this.server.refusal();
  }

  protected async create(event: Event, form: HTMLFormElement, login: string, password: string): Promise<void> {
    event.preventDefault();
    await this.attempt(async () => {
      await this.api.createUser({ login: login.trim(), password, role: 'member' });
      form.reset();
    });
  }

  protected async changeRole(user: UserView, role: string): Promise<void> {
    await this.attempt(() => this.api.updateUser(user.id, { role: role as Role }));
  }

  protected async remove(user: UserView): Promise<void> {
    const act = async () => {
      await this.api.removeUser(user.id);
      this.users.reload();
    };
    const title = `Remove ${user.login}?`;
    await confirm(this.dialog, {
      title,
      text: 'The user can no longer log in, and the tokens of the user stop working.',
      verb: 'Remove',
      act,
    });
  }

  protected async letMembersRun(machine: MachineView, box: HTMLInputElement): Promise<void> {
    await this.attempt(() => this.edits.apply(machine, { takesMembers: box.checked }));
    box.checked = this.exposed()?.takesMembers ?? false;
  }

  private async attempt(change: () => Promise<unknown>): Promise<void> {
    this.failure.set(null);
    try {
      await change();
    } catch (error) {
      this.failure.set(toRequestError(error));
    }
    this.users.reload();
  }
}
