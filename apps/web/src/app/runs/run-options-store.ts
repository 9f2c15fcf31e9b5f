import { Injectable, computed, inject, signal } from '@angular/core';
import { readStored, writeStored } from '../core/storage';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { isRunOptions, NO_OPTIONS, readOptions, type RunOptions } from './run-options';

/** The run options of the open file, kept in this browser. */
@Injectable({ providedIn: 'root' })
export class RunOptionsStore {
  private readonly files = inject(FilesStore);
  private readonly documents = inject(DocumentStore);
  private readonly changes = signal(0);
  private readonly key = computed(() => `options.${this.files.projectId()}.${this.documents.activePath()}`);
  readonly options = computed(() => {
    this.changes();
    return readStored(this.key(), isRunOptions, NO_OPTIONS);
  });
  readonly read = computed(() => readOptions(this.options()));
  readonly valid = computed(() => Object.keys(this.read().errors).length === 0);
  /** The panel opens when a run is refused for its options. */
  readonly open = signal(false);

  change(change: Partial<RunOptions>): void {
    writeStored(this.key(), { ...this.options(), ...change });
    this.changes.update((count) => count + 1);
  }
}
