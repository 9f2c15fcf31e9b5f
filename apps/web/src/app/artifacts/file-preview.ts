import {
  ChangeDetectionStrategy,
  Component,
  computed,
  CSP_NONCE,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { bytes, plural } from '../core/format';
import { sentence } from '../core/problem';
import { Icon } from '../ui/icon';
import { ArtifactsApi, type FileKind } from './artifacts-api';
import { asText, IMAGE_BYTES, imageType, previewKind, TEXT_BYTES } from './preview-kind';

/** Rows of a table that are drawn. */
const TABLE_ROWS = 200;

interface Shown {
  text: string | null;
  rows: string[][] | null;
  image: string | null;
  /** What is not shown, in words. */
  note: string;
}
const NOTHING: Shown = { text: null, rows: null, image: null, note: '' };

/** A file of a run as an image, a table or text; anything else is offered for download. */
@Component({
  selector: 'mle-file-preview',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="head">
      <h3 class="cut mono" [title]="path()">{{ path() }}</h3>
      <span class="muted">{{ sizeText() }}</span>
      <a class="btn small" [href]="url()" download><mle-icon name="download" />Download</a>
    </div>
    @if (shown().note) {
      <p class="note">{{ shown().note }}</p>
    }
    @if (error(); as text) {
      <div class="empty">
        <mle-icon name="alert" />
        <h3>The file could not be loaded</h3>
        <p>{{ text }}</p>
        <button type="button" class="btn small" (click)="load()"><mle-icon name="rerun" />Try again</button>
      </div>
    } @else if (loading()) {
      <div class="wait" aria-hidden="true"><span class="skeleton"></span><span class="skeleton"></span></div>
    } @else if (shown().image; as source) {
      <div class="scroll picture"><img [src]="source" [alt]="path()" /></div>
    } @else if (shown().rows; as rows) {
      <div class="scroll" role="region" tabindex="0" [attr.aria-label]="'Table of ' + path()">
        <table class="data-table">
          <thead>
            <tr>
              @for (cell of rows[0]; track $index) {
                <th scope="col">{{ cell }}</th>
              }
            </tr>
          </thead>
          <tbody>
            @for (row of rows.slice(1); track $index) {
              <tr>
                @for (cell of row; track $index) {
                  <td>{{ cell }}</td>
                }
              </tr>
            }
          </tbody>
        </table>
      </div>
    } @else {
      <div #reader class="reader" [hidden]="shown().text === null"></div>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
    }
    .head {
      display: flex;
      align-items: center;
      gap: 8px;
      min-height: 40px;
      padding: 4px 8px 4px 16px;
      border-bottom: 1px solid var(--border);
      h3 {
        flex: 1;
      }
      .muted {
        white-space: nowrap;
      }
    }
    .note {
      padding: 4px 16px;
      font: var(--text-12);
      color: var(--text-muted);
      border-bottom: 1px solid var(--border);
    }
    .scroll,
    .reader,
    .empty {
      flex: 1;
      min-height: 0;
    }
    .picture {
      display: grid;
      place-items: center;
      padding: 16px;
      background: var(--canvas);
      img {
        max-width: 100%;
        background: #fff;
      }
    }
    .wait {
      display: grid;
      gap: 16px;
      padding: 24px 16px;
    }
    td {
      white-space: nowrap;
      font: var(--code-12);
    }
  `,
})
export class FilePreview {
  readonly runId = input.required<string>();
  readonly kind = input.required<FileKind>();
  readonly path = input.required<string>();
  readonly size = input.required<number>();
  /** Changes with the content: what is shown is loaded again. */
  readonly sha256 = input.required<string>();

  private readonly api = inject(ArtifactsApi);
  private readonly nonce = inject(CSP_NONCE, { optional: true }) ?? '';
  private readonly reader = viewChild<ElementRef<HTMLElement>>('reader');
  protected readonly shown = signal<Shown>(NOTHING);
  protected readonly loading = signal(true);
  protected readonly error = signal<string | null>(null);
  protected readonly sizeText = computed(() => bytes(this.size()));
  protected readonly url = computed(() => this.api.downloadUrl(this.runId(), this.kind(), this.path()));
  private asked = 0;

  constructor() {
    effect(() => {
      this.runId();
      this.path();
      this.sha256();
      untracked(() => void this.load());
    });
    effect((onCleanup) => {
      const [host, text] = [this.reader()?.nativeElement, this.shown().text];
      if (!host || text === null) return;
      const close = this.read(host, text, untracked(this.path));
      onCleanup(close);
    });
    inject(DestroyRef).onDestroy(() => this.release());
  }

  protected async load(): Promise<void> {
    const asked = ++this.asked;
    this.loading.set(true);
    this.error.set(null);
    try {
      const shown = await this.fetch();
      if (asked !== this.asked) {
        if (shown.image) URL.revokeObjectURL(shown.image);
        return;
      }
      this.release();
      this.shown.set(shown);
    } catch (error) {
      if (asked === this.asked) this.error.set(sentence(error));
    }
    if (asked === this.asked) this.loading.set(false);
  }

  private async fetch(): Promise<Shown> {
    const [path, size] = [this.path(), this.size()];
    const kind = previewKind(path, size);
    if (kind === 'none') return { ...NOTHING, note: 'This image is too large to be shown here.' };
    const head = await this.api.head(
      this.runId(),
      this.kind(),
      path,
      size,
      kind === 'image' ? IMAGE_BYTES : TEXT_BYTES,
    );
    // A picture in an <img> runs nothing, whatever it is.
    if (kind === 'image')
      return { ...NOTHING, image: URL.createObjectURL(new Blob([head.bytes], { type: imageType(path) ?? '' })) };
    const text = asText(head.bytes);
    if (text === null) return { ...NOTHING, note: 'This file is no text. Download it to open it.' };
    const note = head.cut ? `The first ${bytes(TEXT_BYTES)} are shown.` : '';
    if (kind === 'table') return table(text, head.cut);
    return { ...NOTHING, text, note: size === 0 ? 'This file is empty.' : note };
  }

  /** Shows text as the editor does, to be read only. Returns what ends it. */
  private read(host: HTMLElement, text: string, path: string): () => void {
    let end: (() => void) | null = null;
    let ended = false;
    void import('../editor/codemirror').then(({ createReader }) => {
      if (!ended) end = createReader(host, text, path, this.nonce);
    });
    return () => {
      ended = true;
      end?.();
    };
  }

  private release(): void {
    const { image } = this.shown();
    if (image) URL.revokeObjectURL(image);
  }
}

async function table(text: string, cut: boolean): Promise<Shown> {
  const { default: Papa } = await import('papaparse');
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: true });
  // The last row of a part may be a part itself.
  const rows = cut ? data.slice(0, -1) : data;
  const note =
    rows.length > TABLE_ROWS || cut
      ? `The first ${plural(Math.min(rows.length, TABLE_ROWS) - 1, 'row')} are shown.`
      : '';
  return { ...NOTHING, rows: rows.slice(0, TABLE_ROWS), note };
}
