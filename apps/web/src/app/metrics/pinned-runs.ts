import { computed, Injectable, signal } from '@angular/core';
import { isTextList, readStored, writeStored } from '../core/storage';

const MOST = 10;

/** Runs that stay on the charts beside whatever runs now, as those to beat; kept by the browser. */
@Injectable({ providedIn: 'root' })
export class PinnedRuns {
  private readonly list = signal<readonly string[]>(readStored('pinned', isTextList, []));
  readonly ids = computed<ReadonlySet<string>>(() => new Set(this.list()));

  toggle(id: string): void {
    this.list.update((ids) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id].slice(-MOST)));
    writeStored('pinned', this.list());
  }
}
