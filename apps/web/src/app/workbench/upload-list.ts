import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { bytes as sizeOf, plural } from '../core/format';
import { Uploads } from '../files/uploads';
import { Icon } from '../ui/icon';

const SHOWN = 5;

/** The uploads under way, each with its progress and an end by hand; of several the whole first. */
@Component({
  selector: 'mle-upload-list',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (uploads.list().length > 1) {
      <div class="upload">
        <p class="row">
          <span class="cut grow">{{ whole().text }}</span><button
            type="button"
            class="btn small ghost"
            (click)="uploads.cancelAll()"
          >
            Cancel all
          </button>
        </p>
        <progress [value]="whole().part" max="1" aria-label="Upload of all files"></progress>
      </div>
    }
    @for (upload of shown(); track upload.id) {
      <div class="upload">
        <p class="row">
          <span class="cut grow" [title]="upload.label">{{ upload.label }}</span>
          @if (upload.error) {
            <button type="button" class="btn small ghost" (click)="uploads.retry(upload.id)">Try again</button>
          } @else {
            <span class="muted">{{ upload.part === null ? 'waits' : percent(upload.part) }}</span>
          }
          <button
            type="button"
            class="ib"
            [attr.aria-label]="(upload.error ? 'Close the message about ' : 'Cancel the upload of ') + upload.label"
            [title]="upload.error ? 'Close' : 'Cancel'"
            (click)="uploads.cancel(upload.id)"
          >
            <mle-icon name="x" />
          </button>
        </p>
        @if (upload.error) {
          <p class="field-error" role="alert">{{ upload.error }}</p>
        } @else {
          <progress [value]="upload.part ?? 0" max="1" [attr.aria-label]="'Upload of ' + upload.label"></progress>
        }
      </div>
    }
    @if (hidden() > 0) {
      <p class="upload muted">and {{ hidden() }} more</p>
    }
  `,
  styles: `
    .upload {
      padding: 2px 0 6px 4px;
      font: var(--text-12);
      .row {
        gap: 4px;
        min-height: 28px;
      }
    }
  `,
})
export class UploadList {
  protected readonly uploads = inject(Uploads);
  protected readonly percent = percent;
  protected readonly whole = computed(() => {
    const { files, sent, bytes } = this.uploads.whole();
    const part = bytes === 0 ? 0 : sent / bytes;
    return { part, text: `${plural(files, 'file')}, ${percent(part)} of ${sizeOf(bytes)}` };
  });
  protected readonly shown = computed(() => this.uploads.list().slice(0, SHOWN));
  protected readonly hidden = computed(() => this.uploads.list().length - this.shown().length);
}

/** Not before it is so: `100 %`. */
const percent = (part: number): string => `${Math.floor(part * 100)} %`;
