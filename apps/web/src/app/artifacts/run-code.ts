import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import type { RunFileList, RunView } from '@mle/protocol';
import { bytes, plural } from '../core/format';
import { sentence } from '../core/problem';
import { Icon } from '../ui/icon';
import { LoadFailure } from '../ui/load-failure';
import { ArtifactsApi } from './artifacts-api';
import { FilePreview } from './file-preview';

/** The files as the run had them. */
@Component({
  selector: 'mle-run-code',
  imports: [FilePreview, Icon, LoadFailure],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './run-code.html',
  styleUrl: './run-files.scss',
})
export class RunCode {
  readonly run = input.required<RunView>();
  private readonly api = inject(ArtifactsApi);
  private readonly id = computed(() => this.run().id);
  protected readonly files = signal<RunFileList['items'] | null>(null);
  protected readonly error = signal<string | null>(null);
  private readonly picked = signal<string | null>(null);
  protected readonly shown = computed<RunFileList['items'][number] | null>(() => {
    const files = this.files() ?? [];
    return files.find((file) => file.path === (this.picked() ?? this.run().file)) ?? files[0] ?? null;
  });
  protected readonly summary = computed(() => {
    const files = this.files() ?? [];
    return `${plural(files.length, 'file')}, ${bytes(files.reduce((sum, file) => sum + file.size, 0))}`;
  });
  protected readonly bytes = bytes;

  constructor() {
    effect(() => {
      this.id();
      untracked(() => void this.load());
    });
  }

  protected async load(): Promise<void> {
    const id = this.id();
    this.files.set(null);
    this.error.set(null);
    this.picked.set(null);
    try {
      const { items } = await this.api.snapshot(id);
      if (id === this.id()) this.files.set(items);
    } catch (error) {
      if (id === this.id()) this.error.set(sentence(error));
    }
  }

  protected pick(path: string): void {
    this.picked.set(path);
  }
}
