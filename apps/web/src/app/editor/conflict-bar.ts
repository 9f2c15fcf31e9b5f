import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Icon } from '../ui/icon';
import { DocumentStore } from './document-store';
import { diffLines } from './line-diff';
import type { Conflict, OpenDocument } from './open-document';

/** The file changed on the server since it was loaded, and here too: which version counts is the user's decision. */
@Component({
  selector: 'mle-conflict-bar',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="banner info" role="alert">
      <mle-icon name="info" />
      <p>
        <b>{{ document().path() }}</b>
        {{ conflict().text === null ? 'was deleted elsewhere.' : 'was changed elsewhere.' }} Your version is not saved.
      </p>
      <span class="end">
        @if (conflict().text !== null) {
          <button type="button" class="btn small ghost" [attr.aria-expanded]="both()" (click)="both.set(!both())">
            {{ both() ? 'Hide both' : 'Show both' }}
          </button>
        }
        <button type="button" class="btn small" (click)="store.takeTheirs(document())">
          {{ conflict().text === null ? 'Close mine' : 'Load theirs' }}
        </button>
        <button type="button" class="btn small primary" (click)="store.keepMine(document())">Keep mine</button>
      </span>
    </div>
    @if (both()) {
      <div class="both scroll" role="region" tabindex="0" aria-label="Both versions">
        <table>
          <thead>
            <tr>
              <th scope="col">Yours</th>
              <th scope="col">Theirs</th>
            </tr>
          </thead>
          <tbody>
            @for (row of rows(); track $index) {
              <tr [class.differs]="!row.same">
                <td [class.none]="row.left === null">{{ row.left }}</td>
                <td [class.none]="row.right === null">{{ row.right }}</td>
              </tr>
            }
          </tbody>
        </table>
      </div>
    }
  `,
  styles: `
    .both {
      max-height: 260px;
      border-bottom: 1px solid var(--border);
    }
    table {
      width: 100%;
      border-collapse: collapse;
      table-layout: fixed;
    }
    th {
      position: sticky;
      top: 0;
      padding: 4px 12px;
      background: var(--canvas);
      font: var(--text-12);
      font-weight: var(--weight-medium);
      text-align: left;
    }
    td {
      padding: 0 12px;
      height: 20px;
      font: var(--code-12);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      vertical-align: top;
    }
    td + td,
    th + th {
      border-left: 1px solid var(--border);
    }
    .differs td {
      background: var(--diff-removed);
    }
    .differs td + td {
      background: var(--diff-added);
    }
    .differs td.none {
      background: var(--sunken);
    }
  `,
})
export class ConflictBar {
  readonly document = input.required<OpenDocument>();
  readonly conflict = input.required<Conflict>();
  protected readonly store = inject(DocumentStore);
  protected readonly both = signal(false);
  protected readonly rows = computed(() => diffLines(this.document().text, this.conflict().text ?? ''));
}
