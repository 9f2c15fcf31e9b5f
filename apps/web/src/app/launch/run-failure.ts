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
  imports: [Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (place() !== null || advice() !== '') {
      <mle-notice>
        @if (place(); as at) {
          <span
            >It failed at
            <a href="/code" (click)="$event.preventDefault(); open(at.path, at.line)"
              >{{ at.path }}, line {{ at.line }}</a
            >.</span
          >
        }
        {{ advice() }}
        @if (missing(); as name) {
          <button type="button" class="btn small" [disabled]="packages.busy() === run().id" (click)="add(name)">
            Add {{ name }} to requirements.txt and run again
          </button>
        }
      </mle-notice>
    }
  `,
})
export class RunFailure {
  readonly run = input.required<RunView>();
  protected readonly packages = inject(MissingPackage);
  private readonly places = inject(OpenPlace);
  protected readonly place = computed(() => this.run().failure?.place ?? null);
  protected readonly missing = computed(() => this.run().failure?.package ?? null);
  protected readonly advice = computed(() => {
    const cause = this.run().failure?.cause ?? null;
    return cause === null ? '' : ADVICE[cause](this.run());
  });

  protected open(path: string, line: number): void {
    this.places.open({ projectId: this.run().projectId, path, line });
  }

  protected add(name: string): void {
    void this.packages.addAndRun(this.run(), name);
  }
}
