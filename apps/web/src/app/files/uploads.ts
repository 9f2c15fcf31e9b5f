import { HttpEventType } from '@angular/common/http';
import { Injectable, inject, signal } from '@angular/core';
import { sentence } from '../core/problem';
import { joinPath } from './file-tree';
import { FilesApi } from './files-api';
import { FilesStore } from './files-store';

export interface UploadState {
  id: number;
  label: string;
  /** From 0 to 1. */
  part: number;
  error: string | null;
}

/** Uploads under way, with their progress. */
@Injectable({ providedIn: 'root' })
export class Uploads {
  private readonly api = inject(FilesApi);
  private readonly files = inject(FilesStore);
  private nextId = 1;
  readonly list = signal<readonly UploadState[]>([]);

  start(items: readonly { path: string; file: File }[], folder: string): void {
    const projectId = this.files.projectId();
    if (!projectId || items.length === 0) return;
    const id = this.nextId++;
    const label = items.length === 1 ? (items[0]?.path ?? '') : `${items.length} files`;
    this.list.update((list) => [...list, { id, label, part: 0, error: null }]);
    const named = items.map(({ path, file }) => ({ path: joinPath(folder, path), file }));
    this.api.upload(projectId, named).subscribe({
      next: (event) => {
        if (event.type === HttpEventType.UploadProgress && event.total) this.change(id, { part: event.loaded / event.total });
      },
      error: (error: unknown) => this.change(id, { error: sentence(error) }),
      complete: () => {
        this.dismiss(id);
        void this.files.load();
      },
    });
  }

  dismiss(id: number): void {
    this.list.update((list) => list.filter((upload) => upload.id !== id));
  }

  private change(id: number, change: Partial<UploadState>): void {
    this.list.update((list) => list.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }
}

/** The files of a drop, those in dropped folders with their sub-paths. */
export async function droppedFiles(data: DataTransfer): Promise<{ path: string; file: File }[]> {
  // The entries must be taken before the first await: the browser empties the list after the event.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, file }));
  const found: { path: string; file: File }[] = [];
  for (const entry of entries) await collect(entry, '', found);
  return found;
}

async function collect(entry: FileSystemEntry, folder: string, found: { path: string; file: File }[]): Promise<void> {
  const path = joinPath(folder, entry.name);
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await collect(child, path, found);
  }
}
