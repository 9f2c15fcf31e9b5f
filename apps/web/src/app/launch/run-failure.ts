import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import type { Failure, RunView } from '@mle/protocol';
import { Notice } from '../ui/notice';
import { OpenPlace } from '../workbench/open-place';
import { MissingPackage } from './missing-package';

const ADVICE: Record<NonNullable<Failure['cause']>, (run: RunView) => string> = {
  module: ({ failure }) => `The package ${failure?.package ?? ''} is not installed for this project.`,
  keyboard: () => 'Programs have no keyboard here: give what it asks for as a parameter or an argument.',
  space: ({ machineName }) =>
    `No space is left on ${machineName ?? 'its machine'}: remove files there, or write fewer.`,
  memory: () => 'Take a smaller batch or model, or a machine with more memory.',
};

/** Where a run failed, what can be done about it, and the button that does it. */
@Component({
  selector: 'mle-run-failure',
  imports: [NgTemplateOutlet, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[class.inline]': 'inline()' },
  template: `
    @if (inline()) {
      <p><ng-content />&ngsp;<ng-container [ngTemplateOutlet]="words" /></p>
      @if (missing(); as name) {
        <button type="button" class="btn small" [disabled]="packages.busy() === run().id" (click)="add(name)">
          {{ addWords(name) }}
        </button>
      }
    } @else if (place() !== null || advice() !== '') {
      <mle-notice>
        <ng-container [ngTemplateOutlet]="words" />
        @if (missing(); as name) {
          <button type="button" class="btn small" [disabled]="packages.busy() === run().id" (click)="add(name)">
            {{ addWords(name) }}
          </button>
        }
      </mle-notice>
    }
    <ng-template #words>
      @if (place(); as at) {
        <span
          >It failed at
          <a href="/code" (click)="$event.preventDefault(); open(at.path, at.line)">{{ at.path }}, line {{ at.line }}</a
          >.</span
        >
      }
      {{ advice() }}
    </ng-template>
  `,
  styles: `
    /* Its words and its button take places of what it stands in. */
    :host(.inline) {
      display: contents;
      p {
        grid-column: 1;
      }
      button {
        grid-area: 1 / 2 / 3 / 3;
        align-self: center;
      }
    }
    @media (max-width: 719px) {
      :host(.inline) button {
        grid-area: auto;
        justify-self: start;
        max-width: 100%;
        height: auto;
        min-height: 36px;
        white-space: normal;
      }
    }
  `,
})
export class RunFailure {
  readonly run = input.required<RunView>();
  /** As a part of what it stands in, behind its content, not as a notice of its own. */
  readonly inline = input(false);
  protected readonly packages = inject(MissingPackage);
  private readonly places = inject(OpenPlace);
  protected readonly place = computed(() => this.run().failure?.place ?? null);
  protected readonly missing = computed(() => this.run().failure?.package ?? null);
  protected readonly advice = computed(() => {
    const cause = this.run().failure?.cause ?? null;
    // Beside the sentence of the program and the button it would say the same again.
    if (cause === null || (cause === 'module' && this.inline())) return '';
    return ADVICE[cause](this.run());
  });

  protected readonly addWords = (name: string): string => `Add ${name} to requirements.txt and run again`;

  protected open(path: string, line: number): void {
    this.places.open({ projectId: this.run().projectId, path, line });
  }

  protected add(name: string): void {
    void this.packages.addAndRun(this.run(), name);
  }
}
