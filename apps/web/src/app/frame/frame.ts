import { ChangeDetectionStrategy, Component, computed, DestroyRef, effect, inject } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { type Command, Commands } from '../core/commands';
import { EventsSocket } from '../core/events-socket';
import { plural } from '../core/format';
import { Hotkeys } from '../core/hotkeys';
import { sentence } from '../core/problem';
import { ServerState } from '../core/server-state';
import { Session } from '../core/session';
import { Theme, THEMES } from '../core/theme';
import { Toasts } from '../core/toasts';
import { DocumentStore } from '../editor/document-store';
import { dollars } from '../instances/instance-words';
import { InstancesStore } from '../instances/instances-store';
import { ProjectAddress } from '../projects/project-address';
import { RunsStore } from '../runs/runs-store';
import { BrandMark } from '../ui/brand-mark';
import { Icon } from '../ui/icon';
import { ToastList } from '../ui/toast-list';
import { ProjectActions } from '../workbench/project-actions';
import { ProjectMenu } from '../workbench/project-menu';
import { OfflineBanner } from './offline-banner';
import { PAGES } from './pages';
import { RunNotifier } from './run-notifier';
import { TabTitle } from './tab-title';

/** After the first page has what it needs. */
const DIALOGS_AHEAD_MS = 3000;

/** What stands around every page: the top bar, the offline banner, the notes. */
@Component({
  selector: 'mle-frame',
  imports: [
    BrandMark,
    Icon,
    MatMenuModule,
    OfflineBanner,
    ProjectMenu,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    ToastList,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './frame.html',
  styleUrl: './frame.scss',
})
export class Frame {
  protected readonly session = inject(Session);
  protected readonly theme = inject(Theme);
  private readonly dialog = inject(MatDialog);
  private readonly router = inject(Router);
  private readonly runs = inject(RunsStore);
  private readonly documents = inject(DocumentStore);
  private readonly toasts = inject(Toasts);
  protected readonly instances = inject(InstancesStore);
  protected readonly cost = computed(() => {
    const running = this.instances.running().length;
    return {
      text: `${dollars(this.instances.pricePerHour())}/h`,
      title: running === 0 ? 'no instance runs' : plural(running, 'instance runs', 'instances run'),
    };
  });
  protected readonly active = computed(() => this.runs.active().length);
  protected readonly themeLabel = computed(() =>
    this.theme.dark() ? 'Switch to the light theme' : 'Switch to the dark theme',
  );
  protected readonly pages = PAGES;
  protected readonly server = inject(ServerState);
  protected readonly themes = THEMES;
  private readonly projects = inject(ProjectActions);
  private readonly everywhere = computed<Command[]>(() => [
    ...(this.server.refusal() === null
      ? [
          { name: 'New project', icon: 'folderPlus' as const, run: () => void this.projects.create() },
          { name: 'Log out', icon: 'logout' as const, run: () => void this.logout() },
        ]
      : []),
    ...THEMES.filter(({ value }) => value !== this.theme.choice()).map(({ value, theme, icon }) => ({
      name: theme,
      icon,
      run: () => this.theme.choose(value),
    })),
    { name: 'Keys', icon: 'keyboard', keys: '?', run: () => void this.showKeys() },
  ]);

  constructor() {
    inject(TabTitle);
    inject(ProjectAddress);
    inject(RunNotifier);
    inject(Hotkeys).bind({
      'Ctrl+K': () => void this.find(),
      '?': () => void this.showKeys(),
      ...Object.fromEntries(PAGES.map(({ key, path }) => [`G ${key}`, () => void this.router.navigateByUrl(path)])),
    });
    inject(Commands).offer(() => this.everywhere());
    // With the other pages: both open without the server, and at once.
    const ahead = setTimeout(
      () => void Promise.all([import('./find-dialog'), import('./keys-dialog')]).catch(() => undefined),
      DIALOGS_AHEAD_MS,
    );
    inject(DestroyRef).onDestroy(() => clearTimeout(ahead));
    const events = inject(EventsSocket);
    effect(() => {
      // Also after a new login in a page that stayed open.
      if (this.session.user()) void events.open();
    });
  }

  protected async find(): Promise<void> {
    const { FindDialog } = await import('./find-dialog');
    this.dialog.open(FindDialog, {
      width: '560px',
      position: { top: '10vh' },
      autoFocus: '[cdkFocusInitial]',
      ariaLabel: 'Find',
    });
  }

  protected async showKeys(): Promise<void> {
    const { KeysDialog } = await import('./keys-dialog');
    this.dialog.open(KeysDialog, { maxWidth: '760px', autoFocus: '[cdkFocusInitial]', ariaLabel: 'Keys' });
  }

  protected async logout(): Promise<void> {
    try {
      // What is unsaved would be lost with the page.
      if (await this.documents.saveAll()) await this.session.logout();
      else this.toasts.error('Not logged out: a file could not be saved. Open it on the Code page.');
    } catch (error) {
      this.toasts.error(`Not logged out. ${sentence(error)}`);
    }
  }
}
