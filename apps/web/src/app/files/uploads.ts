import { HttpEventType } from '@angular/common/http';
import { computed, inject, Injectable, signal } from '@angular/core';
import type { Subscription } from 'rxjs';
import { plural } from '../core/format';
import { sentence } from '../core/problem';
import { joinPath } from './file-tree';
import { FilesApi } from './files-api';
import { FilesStore } from './files-store';

/** A file and its path in the project, or below the folder that it is dropped on. */
export interface UploadFile {
  path: string;
  file: File;
}

interface UploadState {
  id: number;
  label: string;
  /** From 0 to 1; null while it waits for its turn. */
  part: number | null;
  error: string | null;
}

interface Job extends UploadState {
  projectId: string;
  bytes: number;
  files: UploadFile[];
}

/** Requests at once. */
const AT_ONCE = 2;
/** Smaller files share a request, so that a folder of thousands of them is not as many requests. */
const SMALL_BYTES = 256 * 1024;
const SHARED_FILES = 200;
const SHARED_BYTES = 8 * 1024 * 1024;

/** Uploads under way, each with its progress and an end by hand. */
@Injectable({ providedIn: 'root' })
export class Uploads {
  private readonly api = inject(FilesApi);
  private readonly files = inject(FilesStore);
  private readonly jobs = signal<readonly Job[]>([]);
  private readonly running = new Map<number, Subscription>();
  private nextId = 1;
  readonly list = computed<readonly UploadState[]>(() => this.jobs());
  /** Of what came to its end since the list was empty. */
  private readonly done = signal({ files: 0, bytes: 0 });
  /** How far all of it is. */
  readonly whole = computed(() => {
    const jobs = this.jobs();
    const sum = (of: (job: Job) => number) => jobs.reduce((total, job) => total + of(job), 0);
    const { files, bytes } = this.done();
    return {
      files: files + sum((job) => job.files.length),
      sent: bytes + sum((job) => (job.part ?? 0) * job.bytes),
      bytes: bytes + sum((job) => job.bytes),
    };
  });
  readonly waiting = computed(() => this.jobs().filter((job) => job.part === null && job.error === null).length);

  start(items: readonly UploadFile[], folder: string): void {
    const projectId = this.files.projectId();
    if (!projectId || items.length === 0) return;
    const placed = items.map(({ path, file }) => ({ path: joinPath(folder, path), file }));
    const jobs = inRequests(placed).map((files) => ({
      id: this.nextId++,
      label: files.length === 1 ? (files[0]?.path ?? '') : plural(files.length, 'file'),
      part: null,
      error: null,
      projectId,
      files,
      bytes: files.reduce((sum, { file }) => sum + file.size, 0),
    }));
    this.jobs.update((list) => [...list, ...jobs]);
    this.fillTurns();
  }

  /** Ends an upload: nothing of its request is stored. Also takes the message of a failed one away. */
  cancel(id: number): void {
    this.running.get(id)?.unsubscribe();
    this.running.delete(id);
    this.jobs.update((list) => list.filter((job) => job.id !== id));
    if (this.jobs().length === 0) this.done.set({ files: 0, bytes: 0 });
    this.fillTurns();
  }

  cancelAll(): void {
    this.jobs.update((list) => list.filter((job) => job.part !== null));
    for (const { id } of this.jobs()) this.cancel(id);
  }

  retry(id: number): void {
    this.change(id, { error: null, part: null });
    this.fillTurns();
  }

  private fillTurns(): void {
    while (this.running.size < AT_ONCE) {
      const next = this.jobs().find((job) => job.part === null && job.error === null);
      if (!next) return;
      this.send(next);
    }
  }

  private send({ id, projectId, files, bytes }: Job): void {
    this.change(id, { part: 0 });
    const request = this.api.upload(projectId, files).subscribe({
      next: (event) => {
        if (event.type === HttpEventType.UploadProgress && event.total)
          this.change(id, { part: event.loaded / event.total });
      },
      error: (error: unknown) => {
        this.running.delete(id);
        this.change(id, { error: sentence(error) });
        this.fillTurns();
      },
      complete: () => {
        this.done.update((done) => ({ files: done.files + files.length, bytes: done.bytes + bytes }));
        this.cancel(id);
        void this.files.load();
      },
    });
    // An answer may have come at once.
    if (!request.closed) this.running.set(id, request);
  }

  private change(id: number, change: Partial<UploadState>): void {
    this.jobs.update((list) => list.map((job) => (job.id === id ? { ...job, ...change } : job)));
  }
}

/** Large files alone, small ones together, in their order. */
export function inRequests(files: readonly UploadFile[]): UploadFile[][] {
  const small = files.filter(({ file }) => file.size < SMALL_BYTES);
  const requests: UploadFile[][] = [];
  if (small.length <= 5) requests.push(...small.map((file) => [file]));
  else {
    let bytes = Infinity;
    for (const item of small) {
      const last = requests.at(-1);
      if (last && last.length < SHARED_FILES && bytes + item.file.size <= SHARED_BYTES) last.push(item);
      else {
        requests.push([item]);
        bytes = 0;
      }
      bytes += item.file.size;
    }
  }
  return [...requests, ...files.filter(({ file }) => file.size >= SMALL_BYTES).map((file) => [file])];
}

/** The files of a drop, those in dropped folders with their sub-paths. */
export async function droppedFiles(data: DataTransfer): Promise<UploadFile[]> {
  // The entries must be taken before the first await: the browser empties the list after the event.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, file }));
  const found: UploadFile[] = [];
  for (const entry of entries) await collect(entry, '', found);
  return found;
}

async function collect(entry: FileSystemEntry, folder: string, found: UploadFile[]): Promise<void> {
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
