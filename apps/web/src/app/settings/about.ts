import { ChangeDetectionStrategy, Component } from '@angular/core';
import { PRODUCT_VERSION } from '../core/protocol-values';

/** The version, and what else the server tells of itself. */
@Component({
  selector: 'mle-about',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p>ML Experimenter {{ version }}</p>
    <ul>
      <li>
        <a href="/api/docs" target="_blank" rel="noopener">REST interface</a>
        <span class="muted">all that this page does, for programs</span>
      </li>
      <li>
        <a href="/3rdpartylicenses.txt" target="_blank" rel="noopener">Licences</a>
        <span class="muted">of the libraries that the page is built with</span>
      </li>
    </ul>
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 8px;
    }
    li a {
      padding: 8px 0;
    }
  `,
})
export class About {
  // The server serves the page of its own version.
  protected readonly version = PRODUCT_VERSION;
}
