import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { isTextList, readStored, writeStored } from '../core/storage';
import { parentOf } from './file-tree';
import { FilesStore } from './files-store';

/** Which folders of the tree are open, kept for each project. */
@Injectable({ providedIn: 'root' })
export class OpenFolders {
  private readonly store = inject(FilesStore);
  private readonly open = signal<ReadonlySet<string>>(new Set());
  readonly paths = this.open.asReadonly();

  constructor() {
    effect(() => {
      const id = this.store.projectId();
      untracked(() => this.open.set(new Set(id ? readStored(`folders.${id}`, isTextList, []) : [])));
    });
  }

  set(path: string, open: boolean): void {
    const next = new Set(this.open());
    if (open) next.add(path);
    else next.delete(path);
    this.keep(next);
  }

  /** Opens a folder and all that it is in. */
  reveal(folder: string): void {
    const next = new Set(this.open());
    for (let path = folder; path !== ''; path = parentOf(path)) next.add(path);
    if (next.size !== this.open().size) this.keep(next);
  }

  closeAll(): void {
    this.keep(new Set());
  }

  private keep(paths: ReadonlySet<string>): void {
    this.open.set(paths);
    writeStored(`folders.${this.store.projectId()}`, [...paths]);
  }
}
