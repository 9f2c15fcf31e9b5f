import { inject, Injectable, signal } from '@angular/core';
import { droppedFiles } from '../files/uploads';
import { FileChanges } from './file-changes';
import { FilesTree } from './files-tree';

const DRAG_TYPE = 'application/x-mle-path';
/** A folder opens when something is held over it for so long. */
const SPRING_MS = 700;

/** What is dragged over the files panel: a row of the tree, or files of the computer. */
@Injectable()
export class FileDrop {
  private readonly tree = inject(FilesTree);
  private readonly changes = inject(FileChanges);
  private spring: { folder: string; timer: ReturnType<typeof setTimeout> } | null = null;
  /** The folder that a drop would go to; empty for the project itself. */
  readonly target = signal<string | null>(null);

  start(event: DragEvent, path: string): void {
    event.dataTransfer?.setData(DRAG_TYPE, path);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  }

  over(event: DragEvent, folder: string): void {
    const types = event.dataTransfer?.types ?? [];
    if (!types.includes(DRAG_TYPE) && !types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
    this.target.set(folder);
    if (this.spring?.folder === folder) return;
    this.endSpring();
    this.spring = {
      folder,
      timer: setTimeout(() => this.target() === folder && this.tree.folders.reveal(folder), SPRING_MS),
    };
  }

  end(): void {
    this.target.set(null);
    this.endSpring();
  }

  async drop(event: DragEvent, folder: string): Promise<void> {
    event.preventDefault();
    event.stopPropagation();
    this.end();
    const data = event.dataTransfer;
    if (!data) return;
    const from = data.getData(DRAG_TYPE);
    if (from) await this.changes.moveInto(from, folder);
    else await this.changes.upload(await droppedFiles(data), folder);
  }

  private endSpring(): void {
    clearTimeout(this.spring?.timer);
    this.spring = null;
  }
}
