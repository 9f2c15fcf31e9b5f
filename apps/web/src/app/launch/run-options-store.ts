import { computed, inject, Injectable, signal } from '@angular/core';
import { readStored, writeStored } from '../core/storage';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import {
  type FileOptions,
  isLike,
  NO_FILE_OPTIONS,
  NO_OPTIONS,
  NO_PROJECT_OPTIONS,
  type ProjectOptions,
  readOptions,
  type RunOptions,
} from './run-options';

/** The run options, kept in this browser: what is said to the program for each file, the rest for each project. */
@Injectable({ providedIn: 'root' })
export class RunOptionsStore {
  private readonly files = inject(FilesStore);
  private readonly documents = inject(DocumentStore);
  private readonly changes = signal(0);
  private readonly projectKey = computed(() => `options.${this.files.projectId()}`);
  private readonly fileKey = computed(() => `${this.projectKey()}.${this.documents.activePath()}`);
  readonly options = computed<RunOptions>(() => {
    this.changes();
    return {
      ...NO_OPTIONS,
      ...readStored<Partial<ProjectOptions>>(this.projectKey(), isLike(NO_PROJECT_OPTIONS), {}),
      ...readStored<Partial<FileOptions>>(this.fileKey(), isLike(NO_FILE_OPTIONS), {}),
    };
  });
  readonly read = computed(() => readOptions(this.options()));
  readonly valid = computed(() => Object.keys(this.read().errors).length === 0);
  /** The panel opens when a run is refused for its options. */
  readonly open = signal(false);

  change(change: Partial<RunOptions>): void {
    const next = { ...this.options(), ...change };
    writeStored(this.fileKey(), { args: next.args, params: next.params });
    writeStored(
      this.projectKey(),
      Object.fromEntries(Object.keys(NO_PROJECT_OPTIONS).map((key) => [key, next[key as keyof ProjectOptions]])),
    );
    this.changes.update((count) => count + 1);
  }
}
