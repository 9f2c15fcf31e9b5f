import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
  ViewEncapsulation,
} from '@angular/core';
import { FilesApi } from '../files/files-api';
import { FilesStore } from '../files/files-store';
import { DocumentStore } from './document-store';

/** Markdown of a project, rendered. Its links to files of the project open them here. */
@Component({
  selector: 'mle-markdown-view',
  changeDetection: ChangeDetectionStrategy.OnPush,
  // Of what is rendered no element has a mark of this component.
  encapsulation: ViewEncapsulation.None,
  host: { class: 'mle-markdown', '(click)': 'follow($event)' },
  template: `
    @if (failed()) {
      <p role="alert">The text could not be rendered. Load the page again, or look at its source.</p>
    } @else {
      <div [innerHTML]="html()"></div>
    }
  `,
  styleUrl: './markdown-view.scss',
})
export class MarkdownView {
  readonly text = input.required<string>();
  /** Of the file: what its links begin at. */
  readonly path = input.required<string>();
  private readonly files = inject(FilesStore);
  private readonly api = inject(FilesApi);
  private readonly documents = inject(DocumentStore);
  private readonly kit = signal<typeof import('./markdown') | null>(null);
  protected readonly failed = signal(false);
  protected readonly html = computed(() => {
    const [kit, projectId] = [this.kit(), this.files.projectId()];
    if (!kit || projectId === null) return '';
    return kit.renderMarkdown(this.text(), this.path(), {
      contents: (path) => this.api.url(projectId, path),
      page: (path) => `/code?${new URLSearchParams({ project: projectId, file: path }).toString()}`,
    });
  });

  constructor() {
    effect(() => {
      import('./markdown').then(
        (kit) => this.kit.set(kit),
        () => this.failed.set(true),
      );
    });
  }

  protected follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.ctrlKey || event.metaKey) return;
    const { origin, pathname, searchParams } = new URL(link.href, location.href);
    const file = searchParams.get('file');
    if (origin !== location.origin || pathname !== '/code' || file === null) return;
    event.preventDefault();
    if (this.files.get(file)) void this.documents.open(file);
  }
}
