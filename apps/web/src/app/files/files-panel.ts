import { ChangeDetectionStrategy, Component, ElementRef, computed, effect, inject, signal, untracked, viewChild } from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import { sentence } from '../core/problem';
import { isTextList, readStored, writeStored } from '../core/storage';
import { DocumentStore } from '../editor/document-store';
import { Icon } from '../ui/icon';
import { InlineName } from '../ui/inline-name';
import { fileIcon } from './file-icon';
import { isInside, joinPath, nameError, nameOf, parentOf, visibleTree, type TreeNode } from './file-tree';
import { FilesApi } from './files-api';
import { FilesStore } from './files-store';
import { droppedFiles, Uploads } from './uploads';

const DRAG_TYPE = 'application/x-mle-path';

/** The tree of the project's files. */
@Component({
  selector: 'mle-files-panel',
  imports: [Icon, InlineName, MatMenuModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(dragover)': 'onDragOver($event, "")', '(drop)': 'onDrop($event, "")', '(dragleave)': 'dropTarget.set(null)', '[class.dropping]': 'dropTarget() === ""' },
  templateUrl: './files-panel.html',
  styleUrl: './files-panel.scss',
})
export class FilesPanel {
  protected readonly store = inject(FilesStore);
  protected readonly uploads = inject(Uploads);
  protected readonly documents = inject(DocumentStore);
  private readonly api = inject(FilesApi);
  private readonly tree = viewChild<ElementRef<HTMLElement>>('tree');
  private readonly expanded = signal<ReadonlySet<string>>(new Set());
  /** The row that the keyboard is on. */
  protected readonly focused = signal<string | null>(null);
  protected readonly renaming = signal<string | null>(null);
  /** A new file or folder that is being named, and the folder it goes to. */
  protected readonly adding = signal<{ kind: 'file' | 'folder'; folder: string } | null>(null);
  protected readonly menuNode = signal<TreeNode | null>(null);
  protected readonly dropTarget = signal<string | null>(null);
  protected readonly error = signal<string | null>(null);
  protected readonly rows = computed(() => visibleTree(this.store.files(), this.store.emptyFolders(), this.expanded()));
  protected readonly current = computed(() => this.documents.activePath());
  protected readonly tabStop = computed(() => {
    const rows = this.rows();
    const wanted = [this.focused(), this.current()].find((path) => path !== null && rows.some((row) => row.path === path));
    return wanted ?? rows[0]?.path ?? null;
  });
  protected readonly iconOf = fileIcon;

  constructor() {
    effect(() => {
      const id = this.store.projectId();
      untracked(() => this.expanded.set(new Set(id ? readStored(`folders.${id}`, isTextList, []) : [])));
    });
    effect(() => {
      const path = this.current();
      if (path) untracked(() => this.reveal(parentOf(path)));
    });
  }

  /** For buttons outside of the panel. */
  beginFile(): void {
    this.add('file', '');
  }

  /** A click and Space leave the focus in the tree; Enter takes it to the text. */
  protected open(node: TreeNode, options: { focus?: boolean } = {}): void {
    this.focused.set(node.path);
    if (node.folder) this.setExpanded(node.path, !node.expanded);
    else void this.documents.open(node.path, options);
  }

  protected onKey(event: KeyboardEvent, node: TreeNode): void {
    const rows = this.rows();
    const action = this.keyAction(event, rows, rows.indexOf(node), node);
    if (!action) return;
    event.preventDefault();
    action();
  }

  private keyAction(event: KeyboardEvent, rows: TreeNode[], at: number, node: TreeNode): (() => void) | null {
    if (event.ctrlKey || event.metaKey || event.altKey) return null;
    switch (event.key) {
      case 'ArrowDown':
        return () => this.focusRow(rows[at + 1]);
      case 'ArrowUp':
        return () => this.focusRow(rows[at - 1]);
      case 'Home':
        return () => this.focusRow(rows[0]);
      case 'End':
        return () => this.focusRow(rows.at(-1));
      case 'ArrowRight':
        return node.folder && !node.expanded ? () => this.setExpanded(node.path, true) : () => this.focusRow(rows[at + 1]);
      case 'ArrowLeft':
        return node.folder && node.expanded ? () => this.setExpanded(node.path, false) : () => this.focusRow(rows.find((row) => row.path === parentOf(node.path)));
      case 'Enter':
        return () => this.open(node, { focus: true });
      case ' ':
        return () => this.open(node);
      case 'F2':
        return () => this.renaming.set(node.path);
      case 'Delete':
        return () => this.remove(node);
      default:
        return event.key.length === 1 ? () => this.focusRow(startingWith(rows, at, event.key)) : null;
    }
  }

  protected add(kind: 'file' | 'folder', folder?: string): void {
    const row = this.rows().find((other) => other.path === this.focused());
    const target = folder ?? (row ? (row.folder ? row.path : parentOf(row.path)) : '');
    this.reveal(target);
    this.error.set(null);
    this.adding.set({ kind, folder: target });
  }

  protected readonly checkNew = (name: string): string | null => nameError(name, this.takenPaths(), this.adding()?.folder ?? '');

  protected async finishAdd(name: string | null): Promise<void> {
    const adding = this.adding();
    this.adding.set(null);
    if (!adding || name === null) return;
    const path = joinPath(adding.folder, name);
    this.reveal(adding.kind === 'folder' ? path : parentOf(path));
    this.focused.set(path);
    if (adding.kind === 'folder') this.store.addFolder(path);
    else await this.attempt(() => this.store.create(path).then(() => this.documents.open(path, { focus: true })));
  }

  protected readonly checkRename = (name: string): string | null => {
    const path = this.renaming() ?? '';
    return name === nameOf(path) ? null : nameError(name, this.takenPaths(), parentOf(path));
  };

  protected async finishRename(node: TreeNode, name: string | null): Promise<void> {
    this.renaming.set(null);
    if (name === null || name === node.name) return this.focusRow(node);
    const to = joinPath(parentOf(node.path), name);
    if (node.expanded) this.setExpanded(to, true);
    this.focused.set(to);
    await this.attempt(() => this.store.move(node.path, to));
    this.focusRow(this.rows().find((row) => row.path === to));
  }

  protected remove(node: TreeNode): void {
    const rows = this.rows();
    const at = rows.indexOf(node);
    const next = rows.slice(at + 1).find((row) => !isInside(row.path, node.path)) ?? rows[at - 1];
    this.documents.closeBelow(node.path);
    this.store.remove(node.path, node.folder);
    this.focusRow(next);
  }

  protected downloadUrl(node: TreeNode): string {
    return this.api.url(this.store.projectId() ?? '', node.path);
  }

  protected pick(input: HTMLInputElement, folder: string): void {
    const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    input.value = '';
    this.uploads.start(files, folder);
  }

  protected onDragStart(event: DragEvent, node: TreeNode): void {
    event.dataTransfer?.setData(DRAG_TYPE, node.path);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  }

  protected onDragOver(event: DragEvent, folder: string): void {
    const types = event.dataTransfer?.types ?? [];
    if (!types.includes(DRAG_TYPE) && !types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
    this.dropTarget.set(folder);
  }

  protected async onDrop(event: DragEvent, folder: string): Promise<void> {
    event.preventDefault();
    event.stopPropagation();
    this.dropTarget.set(null);
    const data = event.dataTransfer;
    if (!data) return;
    const from = data.getData(DRAG_TYPE);
    if (!from) return this.uploads.start(await droppedFiles(data), folder);
    const to = joinPath(folder, nameOf(from));
    if (from === folder || isInside(folder, from) || to === from) return;
    if (this.takenPaths().includes(to)) return this.error.set(`${to} exists already. Rename one of the two first.`);
    this.reveal(folder);
    await this.attempt(() => this.store.move(from, to));
  }

  /** The folder that a drop on this row goes to. */
  protected folderOf(node: TreeNode): string {
    return node.folder ? node.path : parentOf(node.path);
  }

  private async attempt(change: () => Promise<unknown>): Promise<void> {
    this.error.set(null);
    try {
      await change();
    } catch (error) {
      this.error.set(sentence(error));
    }
  }

  private takenPaths(): string[] {
    return [...this.store.files().map((file) => file.path), ...this.rows().map((row) => row.path)];
  }

  private reveal(folder: string): void {
    for (let path = folder; path !== ''; path = parentOf(path)) if (!this.expanded().has(path)) this.setExpanded(path, true);
  }

  private setExpanded(path: string, open: boolean): void {
    this.expanded.update((set) => {
      const next = new Set(set);
      if (open) next.add(path);
      else next.delete(path);
      return next;
    });
    writeStored(`folders.${this.store.projectId()}`, [...this.expanded()]);
  }

  private focusRow(node: TreeNode | undefined): void {
    if (!node) return;
    this.focused.set(node.path);
    // After the row got its tab stop.
    requestAnimationFrame(() => {
      const items = this.tree()?.nativeElement.querySelectorAll<HTMLElement>('[role="treeitem"]');
      [...(items ?? [])].find((item) => item.dataset['path'] === node.path)?.focus();
    });
  }
}

function startingWith(rows: TreeNode[], at: number, key: string): TreeNode | undefined {
  const after = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
  return after.find((row) => row.name.toLowerCase().startsWith(key.toLowerCase()));
}
