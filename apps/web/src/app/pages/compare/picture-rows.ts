import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import type { ArtifactView, RunView } from '@mle/protocol';
import { ArtifactsApi } from '../../artifacts/artifacts-api';
import { pictureAt, pictureSeries } from '../../artifacts/picture-series';
import { RunPicture } from '../../artifacts/run-picture';
import { sentence } from '../../core/problem';

/** The pictures that runs wrote under one name, side by side at one step. */
@Component({
  selector: 'mle-picture-rows',
  imports: [RunPicture],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (error(); as text) {
      <p class="note" role="alert">The pictures could not be listed. {{ text }}</p>
    } @else if (names().length === 0) {
      <p class="note muted">
        {{ loading() ? '' : 'None of these runs wrote a picture. A file such as plot-1.png in MLE_OUTPUT_DIR is one.' }}
      </p>
    } @else {
      <div class="head">
        <label
          ><span class="sr">Picture</span>
          <select #which class="input small mono" (change)="picked.set(which.value)">
            @for (name of names(); track name) {
              <option [value]="name" [selected]="name === shownName()">{{ name }}</option>
            }
          </select>
        </label>
        @if (steps().length > 1) {
          <label class="steps"
            >Step
            <input
              #slider
              type="range"
              min="0"
              [max]="steps().length - 1"
              [value]="place()"
              (input)="moved.set(+slider.value)"
            /><output class="mono">{{ steps()[place()] }}</output></label
          >
        }
      </div>
      <div class="pictures scroll" tabindex="0" role="region" aria-label="Pictures side by side">
        @for (cell of cells(); track cell.run.id) {
          <figure>
            <figcaption>
              <span class="mono">#{{ cell.run.number }}</span>
              <span class="muted">{{ cell.picture ? cell.words : 'no such picture' }}</span>
            </figcaption>
            @if (cell.picture; as picture) {
              <mle-run-picture [runId]="cell.run.id" [artifact]="picture.artifact" />
            }
          </figure>
        }
      </div>
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
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 16px;
      min-height: 36px;
      padding: 4px 12px;
      border-bottom: 1px solid var(--border);
      select {
        width: auto;
      }
    }
    .steps {
      flex: 1;
      display: flex;
      align-items: center;
      gap: 8px;
      min-width: 160px;
      color: var(--text-muted);
      input {
        flex: 1;
        min-width: 60px;
        accent-color: var(--accent);
      }
      output {
        color: var(--text);
      }
    }
    .pictures {
      flex: 1;
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(180px, 1fr));
      align-content: start;
      gap: 12px;
      padding: 12px;
    }
    figcaption {
      display: flex;
      gap: 8px;
      padding-bottom: 4px;
    }
    .note {
      padding: 8px 12px;
    }
  `,
})
export class PictureRows {
  readonly runs = input.required<readonly RunView[]>();
  private readonly api = inject(ArtifactsApi);
  private readonly lists = signal<ReadonlyMap<string, ArtifactView[]>>(new Map());
  protected readonly loading = signal(true);
  protected readonly error = signal<string | null>(null);
  protected readonly picked = signal<string | null>(null);
  /** Place among the steps; null follows the last. */
  protected readonly moved = signal<number | null>(null);
  private readonly series = computed(
    () => new Map([...this.lists()].map(([id, artifacts]) => [id, pictureSeries(artifacts)])),
  );
  protected readonly names = computed(() =>
    [...new Set([...this.series().values()].flatMap((all) => all.map(({ name }) => name)))].sort(),
  );
  protected readonly shownName = computed(() => this.names().find((name) => name === this.picked()) ?? this.names()[0]);
  protected readonly steps = computed(() => {
    const shown = [...this.series().values()].flat().filter(({ name }) => name === this.shownName());
    return [...new Set(shown.flatMap(({ pictures }) => pictures.map(({ step }) => step)))].sort((a, b) => a - b);
  });
  protected readonly place = computed(() => Math.min(this.moved() ?? Infinity, this.steps().length - 1));
  protected readonly cells = computed(() => {
    const step = this.steps()[this.place()] ?? 0;
    return this.runs().map((run) => {
      const series = this.series()
        .get(run.id)
        ?.find(({ name }) => name === this.shownName());
      const picture = series ? pictureAt(series, step) : null;
      return { run, picture, words: picture && picture.step !== step ? `step ${picture.step}` : '' };
    });
  });

  constructor() {
    const ids = computed(() =>
      this.runs()
        .map(({ id }) => id)
        .join(','),
    );
    effect(() => {
      const wanted = ids().split(',').filter(Boolean);
      untracked(() => void this.load(wanted));
    });
  }

  private async load(ids: readonly string[]): Promise<void> {
    this.error.set(null);
    try {
      const lists = await Promise.all(ids.map(async (id) => [id, (await this.api.artifacts(id)).items] as const));
      this.lists.set(new Map(lists));
    } catch (error) {
      this.error.set(sentence(error));
    }
    this.loading.set(false);
  }
}
