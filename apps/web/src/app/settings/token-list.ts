import { ChangeDetectionStrategy, Component, inject, resource, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import type { TokenScope, TokenView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { ago } from '../core/format';
import { sentence, toRequestError } from '../core/problem';
import { reloadWhenBack } from '../core/reload-when-back';
import { ServerState } from '../core/server-state';
import { Toasts } from '../core/toasts';
import { confirm } from '../ui/confirm';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { SettingsApi } from './settings-api';

const SCOPES: readonly { scope: TokenScope; words: string }[] = [
  { scope: 'all', words: 'everything' },
  { scope: 'run', words: 'read and run' },
  { scope: 'read', words: 'read only' },
];

/** Tokens for programs. The value is shown once, when it is made. */
@Component({
  selector: 'mle-token-list',
  imports: [Icon, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="muted">For curl, CI and other programs: <code>Authorization: Bearer mle_…</code></p>
    <form novalidate class="row" (submit)="create($event, name, scope.value, days.value)">
      <input
        #name
        class="input"
        type="text"
        aria-label="Name of the new token"
        placeholder="Name, such as ci"
        autocomplete="off"
        required
        [attr.aria-invalid]="error() !== null"
      />
      <select #scope class="input" aria-label="What the new token may do">
        @for (each of scopes; track each.scope) {
          <option [value]="each.scope">{{ each.words }}</option>
        }
      </select>
      <select #days class="input" aria-label="How long the new token is good">
        @for (each of [7, 30, 90, 365]; track each) {
          <option [value]="each" [selected]="each === 90">{{ each }} days</option>
        }
      </select>
      <button type="submit" class="btn" [disabled]="server.refusal() !== null" [title]="server.refusal() ?? ''">
        <mle-icon name="plus" />Make a token
      </button>
    </form>
    @if (error(); as text) {
      <p class="field-error" role="alert">{{ text }}</p>
    }
    @if (made(); as token) {
      <mle-notice tone="good" icon="key" role="status">
        Copy it now, it is not shown again.<br /><code class="value">{{ token.token }}</code>
        <button type="button" class="ib" aria-label="Copy the token" title="Copy the token" (click)="copy(token)">
          <mle-icon [name]="copied() ? 'check' : 'copy'" />
        </button>
      </mle-notice>
    }
    @if (tokens.error(); as failure) {
      <p class="field-error" role="alert">The tokens could not be loaded. {{ words(failure) }}</p>
    } @else if (tokens.hasValue()) {
      <ul>
        @for (token of tokens.value(); track token.id) {
          <li class="row">
            <mle-icon name="key" /><b>{{ token.name }}</b
            ><span class="muted"
              >{{ wordsOf(token.scope) }}, made {{ when(token.createdAt) }},
              {{ token.lastUsedAt ? 'used ' + when(token.lastUsedAt) : 'never used' }}</span
            >
            @if (token.expiresAt; as end) {
              @if (expired(end)) {
                <span class="expired"><mle-icon name="alert" />Expired {{ when(end) }}</span>
              } @else {
                <span class="muted">expires {{ date(end) }}</span>
              }
            } @else {
              <span class="muted">does not expire</span>
            }
            <button
              type="button"
              class="btn small ghost end"
              [disabled]="server.refusal() !== null"
              [title]="server.refusal() ?? ''"
              [attr.aria-label]="'Delete the token ' + token.name"
              (click)="remove(token)"
            >
              Delete
            </button>
          </li>
        } @empty {
          <li class="muted">No tokens yet.</li>
        }
      </ul>
    } @else {
      <ul aria-hidden="true">
        <li class="row"><span class="skeleton"></span></li>
      </ul>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    form {
      flex-wrap: wrap;
    }
    form input {
      flex: 1 1 200px;
      max-width: 320px;
    }
    li {
      min-height: 40px;
      border-top: 1px solid var(--border);
      padding: 4px 0;
    }
    li mle-icon {
      color: var(--text-faint);
    }
    form select {
      width: auto;
    }
    .expired {
      color: var(--text-muted);
    }
    .skeleton {
      width: 240px;
    }
    .end {
      margin-left: auto;
    }
    .value {
      overflow-wrap: anywhere;
      user-select: all;
    }
  `,
})
export class TokenList {
  private readonly api = inject(SettingsApi);
  private readonly clock = inject(Clock);
  private readonly dialog = inject(MatDialog);
  private readonly toasts = inject(Toasts);
  protected readonly server = inject(ServerState);
  protected readonly tokens = resource({ loader: () => this.api.tokens() });
  protected readonly made = signal<TokenView | null>(null);
  protected readonly error = signal<string | null>(null);
  protected readonly copied = signal(false);
  protected readonly words = sentence;
  protected readonly scopes = SCOPES;

  constructor() {
    reloadWhenBack(this.tokens);
  }

  protected when(at: string): string {
    return ago(at, this.clock.now());
  }

  protected date(at: string): string {
    return new Date(at).toLocaleDateString(undefined, { dateStyle: 'medium' });
  }

  protected expired(at: string): boolean {
    return Date.parse(at) <= this.clock.now();
  }

  protected wordsOf(scope: TokenScope): string {
    return SCOPES.find((each) => each.scope === scope)?.words ?? scope;
  }

  protected async create(event: Event, field: HTMLInputElement, scope: string, days: string): Promise<void> {
    event.preventDefault();
    this.error.set(null);
    try {
      this.made.set(
        await this.api.createToken({
          name: field.value.trim(),
          scope: scope as TokenScope,
          expiresInDays: Number(days),
        }),
      );
      this.copied.set(false);
      field.value = '';
      this.tokens.reload();
    } catch (error) {
      const failure = toRequestError(error);
      this.error.set(failure.field('name') ?? failure.message);
    }
  }

  protected async remove(token: TokenView): Promise<void> {
    const act = async () => {
      await this.api.removeToken(token.id);
      if (this.made()?.id === token.id) this.made.set(null);
      this.tokens.reload();
    };
    const title = `Delete the token ${token.name}?`;
    await confirm(this.dialog, {
      title,
      text: 'Programs that use it are refused from then on. What they did stays.',
      verb: 'Delete',
      act,
    });
  }

  protected async copy(token: TokenView): Promise<void> {
    try {
      await navigator.clipboard.writeText(token.token ?? '');
      this.copied.set(true);
    } catch {
      this.toasts.error('The browser does not allow copying here. Select the token and copy it by hand.');
    }
  }
}
