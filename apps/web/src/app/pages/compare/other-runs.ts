import { inject, Injectable, signal } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { isActive } from '../../core/protocol-values';
import { RunsApi } from '../../runs/runs-api';

const MOST = 100;

/** The latest runs of one program that came to an end: what runs that are compared lie among. Provided by the page. */
@Injectable()
export class OtherRuns {
  private readonly api = inject(RunsApi);
  private readonly found = signal<readonly RunView[]>([]);
  readonly runs = this.found.asReadonly();
  private wanted = '';

  async load(projectId: string, file: string): Promise<void> {
    const wanted = `${projectId} ${file}`;
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.found.set([]);
    try {
      const { items } = await this.api.list({ projectId, file, limit: MOST });
      if (wanted === this.wanted) this.found.set(items.filter(({ state }) => !isActive(state)));
    } catch {
      // They are a backdrop: without them the runs that are compared are still there.
      this.wanted = '';
    }
  }
}
