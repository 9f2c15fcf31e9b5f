import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { PAGES } from '../../frame/pages';
import { Icon } from '../../ui/icon';

/** What an address shows that leads to no page. The address stays as it is, so that it can be mended. */
@Component({
  selector: 'mle-unknown-page',
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'empty' },
  template: `
    <mle-icon name="alert" />
    @if (missing() === 'project') {
      <h1>There is no such project</h1>
      <p>The address names a project that was deleted, or that is not yours. These pages show the one that is open:</p>
    } @else {
      <h1>There is no page at this address</h1>
      <p>The address is not complete, or comes from another version. These pages are here:</p>
    }
    <div class="row">
      @for (page of pages; track page.path) {
        <a class="btn" [routerLink]="page.path">{{ page.label }}</a>
      }
    </div>
  `,
  styles: `
    :host {
      height: 100%;
    }
    h1 {
      margin: 0;
      font: var(--text-15);
      font-weight: var(--weight-strong);
      color: var(--text);
    }
    .row {
      flex-wrap: wrap;
      justify-content: center;
    }
  `,
})
export class UnknownPage {
  /** Of the route: what is not there. */
  readonly missing = input<'project'>();
  protected readonly pages = PAGES;
}
