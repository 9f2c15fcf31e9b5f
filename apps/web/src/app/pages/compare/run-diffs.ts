import { inject, Injectable, signal } from '@angular/core';
import type { RunDiff } from '@mle/protocol';
import { sentence } from '../../core/problem';
import { RunsApi } from '../../runs/runs-api';

/** In what runs differ from one of them, asked for one after the other. Provided by the page. */
@Injectable()
export class RunDiffs {
  private readonly api = inject(RunsApi);
  private readonly known = signal<ReadonlyMap<string, RunDiff>>(new Map());
  readonly error = signal<string | null>(null);
  private turn = 0;

  of(a: string, b: string): RunDiff | null {
    return this.known().get(key(a, b)) ?? null;
  }

  /** What is known already is not asked for again; a later call ends this one. */
  async load(base: string, others: readonly string[]): Promise<void> {
    const turn = ++this.turn;
    this.error.set(null);
    for (const other of others) {
      if (this.of(base, other)) continue;
      try {
        const diff = await this.api.diff(base, other);
        this.known.update((known) => new Map(known).set(key(base, other), diff));
      } catch (error) {
        if (turn === this.turn) this.error.set(sentence(error));
      }
      if (turn !== this.turn) return;
    }
  }
}

const key = (a: string, b: string): string => `${a}-${b}`;
