import { ChangeDetectionStrategy, Component } from '@angular/core';
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
    <h1>There is no page at this address</h1>
    <p>The address is not complete, or comes from another version. These pages are here:</p>
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
  protected readonly pages = PAGES;
}
