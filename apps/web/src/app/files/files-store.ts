import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { FileView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { RequestError, sentence } from '../core/problem';
import { Toasts, UNDO_MS } from '../core/toasts';
import { ProjectsStore } from '../projects/projects-store';
import { isInside, movedPath, parentOf } from './file-tree';
import { FilesApi } from './files-api';

interface PendingDelete {
  projectId: string;
  path: string;
  /** The empty folders that went with it. */
  folders: readonly string[];
  timer: ReturnType<typeof setTimeout>;
}

/** The files of the open project. Changes show at once and are taken back when the server refuses. */
@Injectable({ providedIn: 'root' })
export class FilesStore {
  private readonly api = inject(FilesApi);
  private readonly events = inject(EventsSocket);
  private readonly toasts = inject(Toasts);
  private readonly projects = inject(ProjectsStore);
  private readonly stored = signal<readonly FileView[]>([]);
  private readonly pending = signal<readonly PendingDelete[]>([]);
  private asked = 0;
  readonly emptyFolders = signal<readonly string[]>([]);
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  readonly projectId = computed(() => this.projects.current()?.id ?? null);
  /** Without those that were deleted and can still be taken back. */
  readonly files = computed(() =>
    this.stored().filter((file) => !this.pending().some(({ path }) => file.path === path || isInside(file.path, path))),
  );
  private readonly paths = computed(() => new Set(this.files().map(({ path }) => path)));
  /** Paths that moved, for the open tabs to follow. */
  readonly lastMove = signal<{ from: string; to: string } | null>(null);

  constructor() {
    const revision = computed(() => this.projects.current()?.revision);
    effect(() => {
      this.projectId();
      untracked(() => {
        this.status.set('loading');
        this.stored.set([]);
        this.emptyFolders.set([]);
      });
    });
    effect(() => {
      const times = this.events.reading();
      revision();
      if (times > 0 && this.projectId()) untracked(() => void this.load());
    });
    addEventListener('pagehide', () =>
      this.pending().forEach(({ projectId, path }) => this.api.removeOnLeave(projectId, path)),
    );
  }

  get(path: string): FileView | null {
    return this.files().find((file) => file.path === path) ?? null;
  }

  /** The file that a program calls by an absolute path of its machine: the longest end of it that is a file here. */
  named(absolute: string): string | null {
    const parts = absolute.split('/').filter((part) => part !== '' && part !== '.');
    for (let from = 0; from < parts.length; from++) {
      const path = parts.slice(from).join('/');
      if (this.paths().has(path)) return path;
    }
    return null;
  }

  async load(): Promise<void> {
    const projectId = this.projectId();
    if (!projectId) return;
    const asked = ++this.asked;
    try {
      const files = await this.api.list(projectId);
      // A later question or another project: its answer counts.
      if (asked !== this.asked || projectId !== this.projectId()) return;
      this.stored.set(files);
      this.emptyFolders.update((folders) =>
        folders.filter((folder) => !this.files().some((file) => isInside(file.path, folder))),
      );
      this.status.set('ready');
      this.error.set(null);
    } catch (error) {
      if (asked !== this.asked) return;
      this.error.set(sentence(error));
      if (this.status() === 'loading') this.status.set('error');
    }
  }

  /** Which of these paths have a file, read anew: what is shown may not be there yet, or be older. */
  async present(paths: readonly string[]): Promise<ReadonlySet<string>> {
    const projectId = this.mustProject();
    await this.makeWay(paths);
    const stored = new Set((await this.api.list(projectId)).map(({ path }) => path));
    return new Set(paths.filter((path) => stored.has(path)));
  }

  /** Makes an empty file; fails where one exists. */
  async create(path: string): Promise<void> {
    const projectId = this.mustProject();
    await this.makeWay([path]);
    await this.api.write(projectId, path, '', '');
    await this.load();
  }

  addFolder(path: string): void {
    this.emptyFolders.update((folders) => [...folders.filter((other) => other !== path), path]);
  }

  async move(from: string, to: string): Promise<void> {
    if (from === to) return;
    const projectId = this.mustProject();
    const before = this.stored();
    const foldersBefore = this.emptyFolders();
    this.stored.set(before.map((file) => ({ ...file, path: movedPath(file.path, from, to) ?? file.path })));
    this.emptyFolders.set(foldersBefore.map((folder) => movedPath(folder, from, to) ?? folder));
    if (!before.some((file) => movedPath(file.path, from, to) !== null)) return;
    try {
      await this.makeWay([to]);
      await this.api.move(projectId, { from, to });
      this.lastMove.set({ from, to });
      await this.load();
      this.keepFolderOf(from);
    } catch (error) {
      this.stored.set(before);
      this.emptyFolders.set(foldersBefore);
      throw error;
    }
  }

  /** Gone from the page at once; from the server when the time for Undo has passed. */
  remove(path: string, folder: boolean): void {
    const projectId = this.mustProject();
    const goes = (other: string): boolean => folder && (other === path || isInside(other, path));
    const folders = this.emptyFolders().filter(goes);
    this.emptyFolders.update((list) => list.filter((other) => !goes(other)));
    const entry: PendingDelete = {
      projectId,
      path,
      folders,
      timer: setTimeout(() => void this.finishDelete(entry), UNDO_MS),
    };
    this.pending.update((list) => [...list, entry]);
    this.keepFolderOf(path);
    this.toasts.show(`Deleted ${path}`, {
      icon: 'trash',
      action: { label: 'Undo', run: () => this.undoDelete(entry) },
    });
  }

  /** Deletes now what waits for Undo: before a run takes its snapshot. */
  async flushDeletes(): Promise<void> {
    await Promise.all(this.pending().map((entry) => this.finishDelete(entry)));
  }

  /**
   * What waits for Undo in the place of something new is deleted first: otherwise the new one would be, when the time
   * has passed.
   */
  private async makeWay(paths: readonly string[]): Promise<void> {
    const inTheWay = ({ path }: PendingDelete): boolean =>
      paths.some((other) => other === path || isInside(other, path) || isInside(path, other));
    await Promise.all(
      this.pending()
        .filter(inTheWay)
        .map((entry) => this.finishDelete(entry)),
    );
  }

  private undoDelete(entry: PendingDelete): void {
    if (!this.pending().includes(entry)) return;
    entry.folders.forEach((folder) => this.addFolder(folder));
    this.settle(entry);
  }

  private settle(entry: PendingDelete): void {
    clearTimeout(entry.timer);
    this.pending.update((list) => list.filter((other) => other !== entry));
  }

  private async finishDelete(entry: PendingDelete): Promise<void> {
    clearTimeout(entry.timer);
    if (!this.pending().includes(entry)) return;
    try {
      await this.api.remove(entry.projectId, entry.path);
      if (entry.projectId === this.projectId())
        this.stored.update((files) =>
          files.filter((file) => file.path !== entry.path && !isInside(file.path, entry.path)),
        );
    } catch (error) {
      // Someone else deleted it: that is what was wanted.
      if (!(error instanceof RequestError && error.status === 404))
        this.toasts.error(`${entry.path} was not deleted. ${sentence(error)}`);
    } finally {
      this.settle(entry);
    }
  }

  /** A folder whose last file went stays on the page: the server knows folders only by their files. */
  private keepFolderOf(path: string): void {
    const folder = parentOf(path);
    const held = [...this.files().map((file) => file.path), ...this.emptyFolders()].some((other) =>
      isInside(other, folder),
    );
    if (folder !== '' && !held) this.addFolder(folder);
  }

  private mustProject(): string {
    const id = this.projectId();
    if (!id) throw new RequestError('No project is open. Create one first.', -1, 'client');
    return id;
  }
}
