import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import type { ArtifactView, RunView } from '@mle/protocol';
import { bytes, plural } from '../core/format';
import { isActive } from '../core/protocol-values';
import { Icon } from '../ui/icon';
import { LoadFailure } from '../ui/load-failure';
import { ArtifactsApi } from './artifacts-api';
import { FilePreview } from './file-preview';
import { RunFilesStore } from './run-files-store';

/** What a run made: its artifacts with previews, and the files that it left in the workspace. */
@Component({
  selector: 'mle-run-artifacts',
  imports: [FilePreview, Icon, LoadFailure],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './run-artifacts.html',
  styleUrl: './run-files.scss',
})
export class RunArtifacts {
  readonly run = input.required<RunView>();
  private readonly api = inject(ArtifactsApi);
  protected readonly store = inject(RunFilesStore);
  private readonly id = computed(() => this.run().id);
  private readonly picked = signal<string | null>(null);
  private readonly ticked = signal<ReadonlySet<string>>(new Set());
  protected readonly list = computed(() => this.store.artifacts());
  protected readonly leftovers = computed(() => this.store.leftovers()?.items ?? []);
  protected readonly active = computed(() => isActive(this.run().state));
  protected readonly shown = computed<ArtifactView | null>(() => {
    const items = this.list()?.items ?? [];
    return items.find((item) => item.path === this.picked()) ?? items[0] ?? null;
  });
  protected readonly summary = computed(() => {
    const list = this.list();
    return list ? `${plural(list.items.length, 'artifact')}, ${bytes(list.bytes)} of ${bytes(list.quotaBytes)}` : '';
  });
  protected readonly chosen = computed(() => this.leftovers().filter((file) => this.ticked().has(file.path)));
  protected readonly archiveUrl = computed(() => this.api.archiveUrl(this.run().id));
  protected readonly bytes = bytes;

  constructor() {
    effect(() => {
      this.id();
      untracked(() => {
        this.picked.set(null);
        this.ticked.set(new Set());
      });
    });
  }

  protected pick(path: string): void {
    this.picked.set(path);
  }

  protected isTicked(path: string): boolean {
    return this.ticked().has(path);
  }

  protected tick(path: string, on: boolean): void {
    this.ticked.update((old) => {
      const next = new Set(old);
      if (on) next.add(path);
      else next.delete(path);
      return next;
    });
  }

  protected tickAll(on: boolean): void {
    this.ticked.set(new Set(on ? this.leftovers().map(({ path }) => path) : []));
  }

  protected async settle(how: 'keep' | 'remove'): Promise<void> {
    // With none chosen, one click settles all.
    const files = this.chosen().length > 0 ? this.chosen() : this.leftovers();
    this.tickAll(false);
    await this.store.settle(
      how,
      files.map(({ path }) => path),
    );
  }
}
