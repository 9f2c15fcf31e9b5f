import { computed, effect, inject, Injectable, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { PageTitle } from '../core/page-title';
import { RunsStore } from '../runs/runs-store';
import { EndedRuns } from './ended-runs';

/**
 * The title of the browser's tab: how many runs are active, how many ended while one looked elsewhere, and the page.
 */
@Injectable({ providedIn: 'root' })
export class TabTitle {
  private readonly runs = inject(RunsStore);
  private readonly page = inject(PageTitle);
  private readonly title = inject(Title);
  private readonly unseen = signal(0);
  private readonly text = computed(() => {
    const active = this.runs.active().length;
    return [active > 0 ? `(${active})` : '', this.unseen() > 0 ? `✓${this.unseen()}` : '', this.page.text()]
      .filter(Boolean)
      .join(' ');
  });

  constructor() {
    inject(EndedRuns).ended.subscribe(() => {
      if (document.hidden) this.unseen.update((count) => count + 1);
    });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.unseen.set(0);
    });
    effect(() => this.title.setTitle(this.text()));
  }
}
