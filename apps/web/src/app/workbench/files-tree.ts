import { computed, effect, ElementRef, inject, Injectable, signal, untracked } from '@angular/core';
import { DocumentStore } from '../editor/document-store';
import { parentOf, type TreeNode, visibleTree } from '../files/file-tree';
import { FilesStore } from '../files/files-store';
import { OpenFolders } from '../files/open-folders';

/** The rows of the files panel, and where in them the user is. Each panel has its own. */
@Injectable()
export class FilesTree {
  private readonly panel = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly store = inject(FilesStore);
  private readonly documents = inject(DocumentStore);
  readonly folders = inject(OpenFolders);
  readonly rows = computed(() => visibleTree(this.store.files(), this.store.emptyFolders(), this.folders.paths()));
  readonly current = this.documents.activePath;
  /** The row that the keyboard is on. */
  readonly focused = signal<string | null>(null);
  readonly renaming = signal<string | null>(null);
  /** A new file or folder that is being named, and the folder it goes to. */
  readonly adding = signal<{ kind: 'file' | 'folder'; folder: string } | null>(null);
  /** What Ctrl X took and Ctrl V puts down. */
  readonly taken = signal<string | null>(null);
  /** The row whose menu was opened last. */
  readonly menuNode = signal<TreeNode | null>(null);
  readonly tabStop = computed(() => {
    const rows = this.rows();
    const wanted = [this.focused(), this.current()].find(
      (path) => path !== null && rows.some((row) => row.path === path),
    );
    return wanted ?? rows[0]?.path ?? null;
  });

  constructor() {
    effect(() => {
      const path = this.current();
      if (path) untracked(() => this.folders.reveal(parentOf(path)));
    });
  }

  /** A click and Space leave the focus in the tree; Enter takes it to the text. */
  open(node: TreeNode, options: { focus?: boolean } = {}): void {
    this.focused.set(node.path);
    if (node.folder) this.folders.set(node.path, !node.expanded);
    else void this.documents.open(node.path, options);
  }

  /** Without a folder it goes beside the row that the keyboard is on. */
  add(kind: 'file' | 'folder', folder?: string): void {
    const row = this.rows().find(({ path }) => path === this.focused());
    const target = folder ?? (row ? folderOf(row) : '');
    this.folders.reveal(target);
    this.adding.set({ kind, folder: target });
  }

  /** Moves the focus to a row; without one, back to where it was in the tree. */
  focus(path = this.tabStop()): void {
    if (path === null || !this.rows().some((row) => row.path === path)) return;
    this.focused.set(path);
    // After the row got its tab stop.
    requestAnimationFrame(() => this.panel.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus());
  }
}

/** The folder that a drop on this row goes to. */
export const folderOf = (node: TreeNode): string => (node.folder ? node.path : parentOf(node.path));
