import { DestroyRef, inject, Injectable, signal } from '@angular/core';
import type { ArtifactList, LeftoverList } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { RequestError, sentence } from '../core/problem';
import { ArtifactsApi } from './artifacts-api';

/** Between two readings while a run writes many files. */
const PAUSE_MS = 500;

/** Artifacts and leftovers of the run whose page is open, kept up to date by events. Provided by that page. */
@Injectable()
export class RunFilesStore {
  private readonly api = inject(ArtifactsApi);
  readonly artifacts = signal<ArtifactList | null>(null);
  readonly leftovers = signal<LeftoverList | null>(null);
  readonly error = signal<string | null>(null);
  readonly busy = signal(false);
  /** Why files were not kept or removed. */
  readonly problems = signal<readonly string[]>([]);
  private runId = '';
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    const off = inject(EventsSocket).on('artifact.changed', ({ runId }) => {
      if (runId === this.runId) this.timer ??= setTimeout(() => void this.load(), PAUSE_MS);
    });
    inject(DestroyRef).onDestroy(() => {
      off();
      if (this.timer !== null) clearTimeout(this.timer);
    });
  }

  open(runId: string): void {
    if (runId === this.runId) return void this.load();
    this.runId = runId;
    this.artifacts.set(null);
    this.leftovers.set(null);
    this.problems.set([]);
    void this.load();
  }

  async load(): Promise<void> {
    const id = this.runId;
    this.timer = null;
    try {
      const [artifacts, leftovers] = await Promise.all([this.api.artifacts(id), this.api.leftovers(id)]);
      if (id !== this.runId) return;
      this.artifacts.set(artifacts);
      this.leftovers.set(leftovers);
      this.error.set(null);
    } catch (error) {
      // Of a run that is not there its page says so.
      if (id === this.runId && !(error instanceof RequestError && error.status === 404))
        this.error.set(sentence(error));
    }
  }

  async settle(how: 'keep' | 'remove', paths: string[]): Promise<void> {
    if (paths.length === 0 || this.busy()) return;
    this.busy.set(true);
    this.problems.set([]);
    try {
      const { items } =
        how === 'keep' ? await this.api.keep(this.runId, paths) : await this.api.removeLeftovers(this.runId, paths);
      this.problems.set(items.flatMap(({ path, reason }) => (reason ? [`${path}: ${reason}`] : [])));
    } catch (error) {
      this.problems.set([sentence(error)]);
    }
    await this.load();
    this.busy.set(false);
  }
}
