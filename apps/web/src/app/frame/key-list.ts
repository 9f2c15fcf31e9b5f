import { ChangeDetectionStrategy, Component } from '@angular/core';
import { KEY_GROUPS } from './key-groups';

/** All keys in groups. */
@Component({
  selector: 'mle-key-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (group of groups; track group.title) {
      <section>
        <h3>{{ group.title }}</h3>
        <dl>
          @for (entry of group.keys; track entry[0]) {
            <div>
              <dt>
                <kbd>{{ entry[0] }}</kbd>
              </dt>
              <dd>{{ entry[1] }}</dd>
            </div>
          }
        </dl>
      </section>
    }
  `,
  styles: `
    :host {
      display: block;
      columns: 2 280px;
      column-gap: 24px;
    }
    section {
      break-inside: avoid;
      padding-bottom: 16px;
    }
    h3 {
      padding-bottom: 6px;
    }
    dl div {
      display: grid;
      grid-template-columns: 120px 1fr;
      align-items: baseline;
      min-height: 24px;
    }
    kbd {
      color: var(--text-muted);
    }
  `,
})
export class KeyList {
  protected readonly groups = KEY_GROUPS;
}
