import { DestroyRef, inject, Injectable, signal } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { sentence } from '../../core/problem';
import { RunsApi } from '../../runs/runs-api';

const PAGE = 100;
/** While somebody types. */
const PAUSE_MS = 250;

/** The runs of a project beyond the latest, page by page as the list is scrolled, or those that a text finds. */
@Injectable()
export class GraphRuns {
  private readonly api = inject(RunsApi);
  readonly items = signal<readonly RunView[]>([]);
  readonly error = signal<string | null>(null);
  private asked: { projectId: string; text: string } | null = null;
  private cursor: string | null | undefined;
  private loading = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  ask(projectId: string, text: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.asked = { projectId, text };
        this.cursor = undefined;
        this.loading = false;
        this.items.set([]);
        void this.next();
      },
      this.asked === null ? 0 : PAUSE_MS,
    );
  }

  /** The next page, if there is one. */
  async next(): Promise<void> {
    const { asked } = this;
    if (asked === null || this.loading || this.cursor === null) return;
    this.loading = true;
    try {
      const page = await this.api.list({ ...asked, limit: PAGE, ...(this.cursor && { cursor: this.cursor }) });
      if (asked !== this.asked) return;
      this.items.update((items) => [...items, ...page.items]);
      this.cursor = page.nextCursor;
      this.error.set(null);
    } catch (error) {
      if (asked === this.asked) this.error.set(sentence(error));
    }
    if (asked === this.asked) this.loading = false;
  }
}
