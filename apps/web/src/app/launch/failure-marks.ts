import { computed, effect, inject, Injectable } from '@angular/core';
import { isActive } from '../core/protocol-values';
import { DocumentStore } from '../editor/document-store';
import { RunsStore } from '../runs/runs-store';

/** Marks the line at which the last run of the project failed, in the tab of its file. */
@Injectable({ providedIn: 'root' })
export class FailureMarks {
  private readonly documents = inject(DocumentStore);
  private readonly runs = inject(RunsStore);
  private readonly last = computed(() => this.runs.ofProject().find((run) => !isActive(run.state)) ?? null);

  constructor() {
    effect(() => {
      const run = this.last();
      const place = run?.failure?.place ?? null;
      for (const document of this.documents.documents())
        document.failedAt.set(
          run !== null && place?.path === document.path()
            ? { line: place.line, key: `${run.id} ${run.attempt}` }
            : null,
        );
    });
  }
}
