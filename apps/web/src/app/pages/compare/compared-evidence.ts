import { inject, Injectable, signal } from '@angular/core';
import type { Evidence } from '@mle/protocol';
import { RequestError, sentence } from '../../core/problem';
import { RunsApi } from '../../runs/runs-api';

/** What the server says of runs that are compared; null until it has, and where they printed nothing to judge by. */
@Injectable()
export class ComparedEvidence {
  private readonly api = inject(RunsApi);
  readonly evidence = signal<Evidence | null>(null);
  readonly error = signal<string | null>(null);
  /** The server has answered once. */
  readonly ready = signal(false);
  private turn = 0;

  /** Without a metric the server chooses one. A later call ends this one. */
  async load(ids: readonly string[], metric: string | null): Promise<void> {
    const turn = ++this.turn;
    this.error.set(null);
    if (ids.length < 2) return this.evidence.set(null);
    try {
      const evidence = await this.api.evidence(ids, metric === null ? {} : { metric });
      if (turn !== this.turn) return;
      this.evidence.set(evidence);
      this.ready.set(true);
    } catch (error) {
      if (turn !== this.turn) return;
      this.evidence.set(null);
      this.ready.set(true);
      const nothingToJudge = error instanceof RequestError && error.status === 400;
      if (!nothingToJudge) this.error.set(sentence(error));
    }
  }
}
