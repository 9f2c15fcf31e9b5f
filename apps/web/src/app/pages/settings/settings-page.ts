import {
  afterNextRender,
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  signal,
  viewChildren,
} from '@angular/core';
import { ActivatedRoute, RouterLink } from '@angular/router';
import type { IconName } from '../../core/icon-shapes';
import { Session } from '../../core/session';
import { Theme, THEMES } from '../../core/theme';
import { KeyList } from '../../frame/key-list';
import { About } from '../../settings/about';
import { AccountForm } from '../../settings/account-form';
import { AwsForm } from '../../settings/aws-form';
import { LimitsForm } from '../../settings/limits-form';
import { NotificationSetting } from '../../settings/notification-setting';
import { QuotasForm } from '../../settings/quotas-form';
import { SessionList } from '../../settings/session-list';
import { TokenList } from '../../settings/token-list';
import { UsageLine } from '../../settings/usage-line';
import { UserList } from '../../settings/user-list';
import { Icon } from '../../ui/icon';

interface Part {
  id: string;
  title: string;
  icon: IconName;
}

/** Below the top edge by so much, a part counts as the one that is read. */
const READ_AT_PX = 120;

/** Account, tokens, users, appearance, notifications, keys and about: one page, each part with an address. */
@Component({
  selector: 'mle-settings-page',
  imports: [
    About,
    AccountForm,
    Icon,
    KeyList,
    AwsForm,
    LimitsForm,
    NotificationSetting,
    QuotasForm,
    RouterLink,
    SessionList,
    TokenList,
    UsageLine,
    UserList,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(scroll)': 'follow()' },
  templateUrl: './settings-page.html',
  styleUrl: './settings-page.scss',
})
export class SettingsPage {
  private readonly session = inject(Session);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly theme = inject(Theme);
  protected readonly admin = computed(() => this.session.user()?.role === 'admin');
  protected readonly current = signal('account');
  private readonly links = viewChildren<ElementRef<HTMLElement>>('link');
  protected readonly parts = computed<Part[]>(() => [
    { id: 'account', title: 'Account', icon: 'user' },
    { id: 'tokens', title: 'API tokens', icon: 'key' },
    ...(this.admin()
      ? [
          { id: 'users', title: 'Users', icon: 'user' } as const,
          { id: 'limits', title: 'Limits', icon: 'cloud' } as const,
          { id: 'aws', title: 'AWS', icon: 'cloud' } as const,
        ]
      : []),
    { id: 'appearance', title: 'Appearance', icon: 'sun' },
    { id: 'notifications', title: 'Notifications', icon: 'clock' },
    { id: 'keys', title: 'Shortcuts', icon: 'keyboard' },
    { id: 'about', title: 'About', icon: 'info' },
  ]);
  protected readonly themes = THEMES;

  constructor() {
    // On a phone the parts are a row that scrolls: the one that is read stays in sight.
    afterRenderEffect(() => {
      this.links()[this.parts().findIndex(({ id }) => id === this.current())]?.nativeElement.scrollIntoView({
        block: 'nearest',
        inline: 'nearest',
      });
    });
    const part = inject(ActivatedRoute).snapshot.fragment;
    if (part) afterNextRender({ write: () => this.goTo(part) });
  }

  protected goTo(id: string): void {
    const heading = this.headingOf(id);
    heading?.scrollIntoView({ block: 'start' });
    heading?.focus({ preventScroll: true });
    if (heading) this.current.set(id);
  }

  /** Marks the part that is read; at the very end the last one, which may be too short to reach the top. */
  protected follow(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.host;
    const top = this.host.getBoundingClientRect().top;
    const ids = this.parts().map(({ id }) => id);
    const read = ids
      .filter((id) => (this.headingOf(id)?.getBoundingClientRect().top ?? Infinity) - top < READ_AT_PX)
      .at(-1);
    const atEnd = scrollTop + clientHeight >= scrollHeight - 2;
    // A click on one of the last parts cannot bring it to the top either: it stays marked.
    if (atEnd && ids.indexOf(this.current()) > ids.indexOf(read ?? '')) return;
    this.current.set((atEnd ? ids.at(-1) : read) ?? 'account');
  }

  private headingOf(id: string): HTMLElement | null {
    return this.host.querySelector<HTMLElement>(`h2#${CSS.escape(id)}`);
  }
}
