import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Session } from '../core/session';
import { Theme, type ThemeChoice } from '../core/theme';
import { AccountForm } from './account-form';
import { TokenList } from './token-list';
import { UserList } from './user-list';

/** Account, tokens, users, appearance and keys. */
@Component({
  selector: 'mle-settings-page',
  imports: [AccountForm, TokenList, UserList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <section aria-labelledby="account"><h1 id="account">Account</h1><mle-account-form /></section>
      <section aria-labelledby="tokens"><h1 id="tokens">API tokens</h1><mle-token-list /></section>
      @if (admin()) {
        <section aria-labelledby="users"><h1 id="users">Users</h1><mle-user-list /></section>
      }
      <section aria-labelledby="appearance">
        <h1 id="appearance">Appearance</h1>
        <div class="themes" role="radiogroup" aria-labelledby="appearance">
          @for (item of themes; track item.value) {
            <label class="check"><input type="radio" name="theme" [checked]="theme.choice() === item.value" (change)="theme.choose(item.value)" />{{ item.label }}</label>
          }
        </div>
      </section>
      <section aria-labelledby="keys">
        <h1 id="keys">Keyboard shortcuts</h1>
        <dl class="keys">
          @for (key of keys; track key.keys) {
            <dt><kbd>{{ key.keys }}</kbd></dt>
            <dd>{{ key.does }}</dd>
          }
        </dl>
      </section>
    </div>
  `,
  styles: `
    :host {
      display: block;
      height: 100%;
      overflow: auto;
      background: var(--surface);
    }
    .page {
      display: grid;
      gap: 32px;
      max-width: 760px;
      margin: 0 auto;
      padding: 24px 16px 64px;
    }
    section {
      display: grid;
      gap: 12px;
      padding-bottom: 32px;
      border-bottom: 1px solid var(--border);
    }
    section:last-child {
      border: 0;
    }
    .themes {
      display: flex;
      flex-wrap: wrap;
      gap: 16px;
    }
    .keys {
      display: grid;
      grid-template-columns: 160px minmax(0, 1fr);
      gap: 8px 16px;
    }
    .keys kbd {
      border: 1px solid var(--border);
      border-radius: 4px;
      padding: 1px 6px;
      background: var(--canvas);
    }
  `,
})
export class SettingsPage {
  private readonly session = inject(Session);
  protected readonly theme = inject(Theme);
  protected readonly admin = computed(() => this.session.user()?.role === 'admin');
  protected readonly themes: { value: ThemeChoice; label: string }[] = [
    { value: 'system', label: 'As the system' },
    { value: 'light', label: 'Light' },
    { value: 'dark', label: 'Dark' },
  ];
  protected readonly keys = [
    { keys: 'Ctrl Enter', does: 'Run the open file on the machine with the filled Go button' },
    { keys: 'Ctrl Shift Enter', does: 'Stop the latest run' },
    { keys: 'Ctrl S', does: 'Save' },
    { keys: 'Ctrl F', does: 'Find in the file, while the editor has the focus' },
    { keys: 'Esc, then Tab', does: 'Leave the editor' },
    { keys: 'F6', does: 'Go to the next pane of the Code page; with Shift to the one before' },
    { keys: 'F2', does: 'Rename the file or folder in the tree' },
    { keys: 'Del', does: 'Delete the file or folder in the tree; in the row of tabs, close the tab' },
  ];
}
