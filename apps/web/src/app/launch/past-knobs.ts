import { effect, inject, Injectable } from '@angular/core';
import { DocumentStore } from '../editor/document-store';
import { RunsStore } from '../runs/runs-store';

/** Of each file. */
const MOST = 8;

/** Tells each open program what its latest runs had, so that its values show where they differ. */
@Injectable({ providedIn: 'root' })
export class PastKnobs {
  private readonly documents = inject(DocumentStore);
  private readonly runs = inject(RunsStore);

  constructor() {
    effect(() => {
      // Trials and the runs of a hand that turns are none that a person looks back to.
      const runs = this.runs.ofProject().filter(({ role, sweepId }) => role === null && sweepId === null);
      for (const document of this.documents.documents())
        document.pastRuns.set(
          runs
            .filter(({ file, knobs }) => file === document.path() && Object.keys(knobs).length > 0)
            .slice(0, MOST)
            .map(({ number, knobs }) => ({ number, knobs })),
        );
    });
  }
}
