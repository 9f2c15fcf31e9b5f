import { ChangeDetectionStrategy, Component, computed, effect, inject } from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { Session } from '../core/session';
import { Theme } from '../core/theme';
import { Toasts } from '../core/toasts';
import { DocumentStore } from '../editor/document-store';
import { ProjectMenu } from '../projects/project-menu';
import { RunsStore } from '../runs/runs-store';
import { BrandMark } from '../ui/brand-mark';
import { Icon } from '../ui/icon';
import { ToastList } from '../ui/toast-list';
import { OfflineBanner } from './offline-banner';

/** What stands around every page: the top bar, the offline banner, the notes. */
@Component({
  selector: 'mle-frame',
  imports: [BrandMark, Icon, MatMenuModule, OfflineBanner, ProjectMenu, RouterLink, RouterLinkActive, RouterOutlet, ToastList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './frame.html',
  styleUrl: './frame.scss',
})
export class Frame {
  protected readonly session = inject(Session);
  protected readonly theme = inject(Theme);
  private readonly runs = inject(RunsStore);
  private readonly documents = inject(DocumentStore);
  private readonly toasts = inject(Toasts);
  protected readonly active = computed(() => this.runs.active().length);
  protected readonly themeLabel = computed(() => (this.theme.dark() ? 'Switch to the light theme' : 'Switch to the dark theme'));
  protected readonly pages = [
    { path: '/code', label: 'Code' },
    { path: '/runs', label: 'Runs' },
    { path: '/graphs', label: 'Graphs' },
    { path: '/machines', label: 'Machines' },
    { path: '/settings', label: 'Settings' },
  ];

  constructor() {
    const events = inject(EventsSocket);
    effect(() => {
      // Also after a new login in a page that stayed open.
      if (this.session.user()) void events.open();
    });
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
