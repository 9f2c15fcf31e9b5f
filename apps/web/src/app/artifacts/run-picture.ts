import { ChangeDetectionStrategy, Component, effect, inject, input, signal } from '@angular/core';
import type { ArtifactView } from '@mle/protocol';
import { sentence } from '../core/problem';
import { ArtifactsApi } from './artifacts-api';
import { IMAGE_BYTES, imageType } from './preview-kind';

/** A picture is shown until the next one is here. */
const KEPT_MS = 10_000;

/** A picture that a run wrote, on white in both themes. In an <img> it runs nothing, whatever it is. */
@Component({
  selector: 'mle-run-picture',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (source(); as url) {
      <img [src]="url" [alt]="artifact().path" />
    } @else if (error(); as text) {
      <p class="muted">The picture could not be loaded. {{ text }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      place-items: center;
      min-height: 0;
    }
    img {
      min-width: 0;
      min-height: 0;
      max-width: 100%;
      max-height: 100%;
      background: #fff;
    }
  `,
})
export class RunPicture {
  readonly runId = input.required<string>();
  readonly artifact = input.required<ArtifactView>();
  private readonly api = inject(ArtifactsApi);
  protected readonly source = signal<string | null>(null);
  protected readonly error = signal<string | null>(null);

  constructor() {
    effect((onCleanup) => {
      const [runId, { path, size }] = [this.runId(), this.artifact()];
      let [ended, url] = [false, ''];
      this.api.head(runId, 'artifacts', path, size, IMAGE_BYTES).then(
        ({ bytes }) => {
          if (ended) return;
          url = URL.createObjectURL(new Blob([bytes], { type: imageType(path) ?? '' }));
          this.error.set(null);
          this.source.set(url);
        },
        (error: unknown) => {
          if (!ended) this.error.set(sentence(error));
        },
      );
      onCleanup(() => {
        ended = true;
        // The picture before stays until the next one is here: nothing blinks while one moves through the steps.
        if (url) setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
      });
    });
  }
}
