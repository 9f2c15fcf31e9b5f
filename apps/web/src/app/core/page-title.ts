import { computed, inject, Injectable, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';

const PRODUCT = 'ML Experimenter';

/** What the open page is about. Pages with a title of their own set it; the routes give the others theirs. */
@Injectable({ providedIn: 'root' })
export class PageTitle {
  private readonly about = signal('');
  readonly text = computed(() => (this.about() === '' ? PRODUCT : `${this.about()} · ${PRODUCT}`));

  set(about: string): void {
    this.about.set(about);
  }
}

/** Takes the titles of the routes. Before the log-in there is nothing else in the tab's title. */
@Injectable({ providedIn: 'root' })
export class RouteTitles extends TitleStrategy {
  private readonly page = inject(PageTitle);
  private readonly title = inject(Title);

  override updateTitle(route: RouterStateSnapshot): void {
    const about = this.buildTitle(route);
    if (about === undefined) return;
    this.page.set(about);
    this.title.setTitle(this.page.text());
  }
}
