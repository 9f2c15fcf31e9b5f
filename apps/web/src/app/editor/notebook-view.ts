import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { MarkdownView } from './markdown-view';
import { readNotebook } from './notebook';

/** A notebook to be read: its cells with what they left. Its HTML goes through the sanitiser of the page. */
@Component({
  selector: 'mle-notebook-view',
  imports: [MarkdownView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (cell of cells(); track $index) {
      @if (cell.kind === 'markdown') {
        <mle-markdown-view [text]="cell.text" [path]="path()" />
      } @else {
        <div class="code">
          <span class="count mono" aria-hidden="true">[{{ cell.count ?? ' ' }}]</span>
          <pre class="source">{{ cell.text }}</pre>
          @for (output of cell.outputs; track $index) {
            @switch (output.kind) {
              @case ('text') {
                <pre class="output" [class.error]="output.error">{{ output.text }}</pre>
              }
              @case ('image') {
                <img class="output" [src]="output.url" [alt]="'Picture of cell ' + (cell.count ?? '')" />
              }
              @case ('html') {
                <div class="output mle-markdown" [innerHTML]="output.html"></div>
              }
            }
          }
        </div>
      }
    } @empty {
      <p class="muted">
        {{ cells() === null ? 'This is no notebook. Look at its source.' : 'This notebook is empty.' }}
      </p>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 12px;
      max-width: 900px;
    }
    .code {
      display: grid;
      grid-template-columns: 44px minmax(0, 1fr);
      gap: 6px 8px;
    }
    .count {
      color: var(--text-faint);
      font: var(--code-12);
      padding-top: 8px;
    }
    pre {
      margin: 0;
      font: var(--code-12);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    .source {
      padding: 8px 12px;
      border: 1px solid var(--border);
      border-radius: var(--radius);
      background: var(--canvas);
    }
    .output {
      grid-column: 2;
      max-width: 100%;
      min-width: 0;
    }
    pre.output {
      max-height: 400px;
      overflow: auto;
      padding: 0 12px;
    }
    img.output {
      background: #fff;
    }
    .error {
      color: var(--danger);
    }
  `,
})
export class NotebookView {
  readonly text = input.required<string>();
  readonly path = input.required<string>();
  protected readonly cells = computed(() => readNotebook(this.text()));
}
