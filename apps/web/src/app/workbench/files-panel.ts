import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  type ElementRef,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { sentence } from '../core/problem';
import { ServerState } from '../core/server-state';
import { Toasts } from '../core/toasts';
import { DocumentStore } from '../editor/document-store';
import { fileIcon } from '../files/file-icon';
import {
  isInside,
  joinPath,
  moveError,
  nameError,
  nameOf,
  parentOf,
  type TreeNode,
  visibleTree,
} from '../files/file-tree';
import { FilesApi } from '../files/files-api';
import { FilesStore } from '../files/files-store';
import { OpenFolders } from '../files/open-folders';
import { droppedFiles, type UploadFile, Uploads } from '../files/uploads';
import { ProjectsApi } from '../projects/projects-api';
import type { Confirmation } from '../ui/confirm-dialog';
import { Icon } from '../ui/icon';
import { InlineName } from '../ui/inline-name';
import type { NameQuestion } from '../ui/name-dialog';
import { Notice } from '../ui/notice';

const DRAG_TYPE = 'application/x-mle-path';
/** A folder opens when something is held over it for so long. */
const SPRING_MS = 700;
const SHOWN_UPLOADS = 5;

/** The tree of the project's files. */
@Component({
  selector: 'mle-files-panel',
  imports: [Icon, InlineName, MatMenuModule, Notice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(dragover)': 'onDragOver($event, "")',
    '(drop)': 'onDrop($event, "")',
    '(dragleave)': 'endDrag()',
    '[class.dropping]': 'dropTarget() === ""',
  },
  templateUrl: './files-panel.html',
  styleUrl: './files-panel.scss',
})
export class FilesPanel {
  protected readonly store = inject(FilesStore);
  protected readonly uploads = inject(Uploads);
  protected readonly documents = inject(DocumentStore);
  private readonly api = inject(FilesApi);
  private readonly projectsApi = inject(ProjectsApi);
  private readonly dialog = inject(MatDialog);
  private readonly toasts = inject(Toasts);
  private readonly tree = viewChild<ElementRef<HTMLElement>>('tree');
  protected readonly folders = inject(OpenFolders);
  protected readonly server = inject(ServerState);
  protected readonly offline = computed(() => this.server.refusal() !== null);
  /** The row that the keyboard is on. */
  protected readonly focused = signal<string | null>(null);
  protected readonly renaming = signal<string | null>(null);
  /** A new file or folder that is being named, and the folder it goes to. */
  protected readonly adding = signal<{ kind: 'file' | 'folder'; folder: string } | null>(null);
  protected readonly menuNode = signal<TreeNode | null>(null);
  protected readonly dropTarget = signal<string | null>(null);
  protected readonly error = signal<string | null>(null);
  protected readonly rows = computed(() =>
    visibleTree(this.store.files(), this.store.emptyFolders(), this.folders.paths()),
  );
  protected readonly current = computed(() => this.documents.activePath());
  protected readonly tabStop = computed(() => {
    const rows = this.rows();
    const wanted = [this.focused(), this.current()].find(
      (path) => path !== null && rows.some((row) => row.path === path),
    );
    return wanted ?? rows[0]?.path ?? null;
  });
  /** What Ctrl X took and Ctrl V puts down. */
  protected readonly taken = signal<string | null>(null);
  protected readonly shownUploads = computed(() => this.uploads.list().slice(0, SHOWN_UPLOADS));
  protected readonly hiddenUploads = computed(() => this.uploads.list().length - this.shownUploads().length);
  protected readonly archiveUrl = computed(() => this.projectsApi.archiveUrl(this.store.projectId() ?? ''));
  protected readonly anyExpanded = computed(() => this.rows().some((row) => row.expanded));
  protected readonly iconOf = fileIcon;
  private spring: { folder: string; timer: ReturnType<typeof setTimeout> } | null = null;

  constructor() {
    effect(() => {
      const path = this.current();
      if (path) untracked(() => this.folders.reveal(parentOf(path)));
    });
  }

  /** For buttons outside of the panel. */
  beginFile(): void {
    this.add('file', '');
  }

  /** A click and Space leave the focus in the tree; Enter takes it to the text. */
  protected open(node: TreeNode, options: { focus?: boolean } = {}): void {
    this.focused.set(node.path);
    if (node.folder) this.folders.set(node.path, !node.expanded);
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
    if (event.altKey) return null;
    if (event.ctrlKey || event.metaKey) {
      const taken = this.taken();
      if (event.key === 'x') return () => this.taken.set(node.path);
      return event.key === 'v' && taken !== null ? () => void this.moveInto(taken, this.folderOf(node)) : null;
    }
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
        return node.folder && !node.expanded
          ? () => this.folders.set(node.path, true)
          : () => this.focusRow(rows[at + 1]);
      case 'ArrowLeft':
        return node.folder && node.expanded
          ? () => this.folders.set(node.path, false)
          : () => this.focusRow(rows.find((row) => row.path === parentOf(node.path)));
      case 'Enter':
        return () => this.open(node, { focus: true });
      case ' ':
        return () => this.open(node);
      case 'F2':
        return this.offline() ? null : () => this.renaming.set(node.path);
      case 'Delete':
        return this.offline() ? null : () => this.remove(node);
      case 'Escape':
        return this.taken() === null ? null : () => this.taken.set(null);
      case '*':
        return () =>
          rows
            .filter((row) => row.folder && parentOf(row.path) === parentOf(node.path))
            .forEach((row) => this.folders.set(row.path, true));
      default:
        return event.key.length === 1 ? () => this.focusRow(startingWith(rows, at, event.key)) : null;
    }
  }

  protected add(kind: 'file' | 'folder', folder?: string): void {
    const row = this.rows().find((other) => other.path === this.focused());
    const target = folder ?? (row ? (row.folder ? row.path : parentOf(row.path)) : '');
    this.folders.reveal(target);
    this.error.set(null);
    this.adding.set({ kind, folder: target });
  }

  protected readonly checkNew = (name: string): string | null =>
    nameError(name, this.takenPaths(), this.adding()?.folder ?? '');

  protected async finishAdd(name: string | null): Promise<void> {
    const adding = this.adding();
    this.adding.set(null);
    if (!adding || name === null) return this.focusRow(this.rowOfFocus());
    const path = joinPath(adding.folder, name);
    this.folders.reveal(adding.kind === 'folder' ? path : parentOf(path));
    this.focused.set(path);
    if (adding.kind === 'folder') {
      this.store.addFolder(path);
      this.focusRow(this.rowOfFocus());
    } else await this.attempt(() => this.store.create(path).then(() => this.documents.open(path, { focus: true })));
  }

  protected readonly checkRename = (name: string): string | null => {
    const path = this.renaming() ?? '';
    return name === nameOf(path) ? null : nameError(name, this.takenPaths(), parentOf(path));
  };

  protected async finishRename(node: TreeNode, name: string | null): Promise<void> {
    this.renaming.set(null);
    if (name === null || name === node.name) return this.focusRow(node);
    const to = joinPath(parentOf(node.path), name);
    if (node.expanded) this.folders.set(to, true);
    this.focused.set(to);
    await this.move(node.path, to);
  }

  /** The whole path as text: for keys, for a phone, and to a folder that is not there yet. */
  protected async moveByName(node: TreeNode): Promise<void> {
    const { NameDialog } = await import('../ui/name-dialog');
    const act = async (to: string) => {
      const wrong = to === node.path ? null : moveError(node.path, to, this.takenPaths());
      if (wrong !== null) throw new Error(wrong);
      await this.store.move(node.path, to);
      this.afterMove(node.path, to);
    };
    const data: NameQuestion = {
      title: `Move ${node.name}`,
      label: 'New path in the project',
      value: node.path,
      verb: 'Move',
      act,
    };
    const dialog = this.dialog.open(NameDialog, {
      ariaLabel: data.title,
      autoFocus: '[cdkFocusInitial]',
      restoreFocus: false,
      data,
    });
    dialog.afterClosed().subscribe(() => this.focusRow(this.rowOfFocus()));
  }

  private async moveInto(from: string, folder: string): Promise<void> {
    const to = joinPath(folder, nameOf(from));
    this.taken.set(null);
    if (from === folder || to === from) return;
    const wrong = moveError(from, to, this.takenPaths());
    if (wrong !== null) return this.error.set(wrong);
    await this.move(from, to);
  }

  private async move(from: string, to: string): Promise<void> {
    await this.attempt(async () => {
      await this.store.move(from, to);
      this.afterMove(from, to);
    });
  }

  private afterMove(from: string, to: string): void {
    if (from === to) return;
    this.folders.reveal(parentOf(to));
    this.focusRow(this.rows().find((row) => row.path === to));
    const what =
      parentOf(from) === parentOf(to)
        ? `Renamed ${nameOf(from)} to ${nameOf(to)}`
        : `Moved ${nameOf(from)} to ${parentOf(to) || 'the top'}`;
    this.toasts.show(what, {
      icon: 'move',
      action: { label: 'Undo', run: () => void this.attempt(() => this.store.move(to, from)) },
    });
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
    void this.upload(files, folder);
  }

  /** What is there already is replaced only if the user says so; the rest is on its way meanwhile. */
  private upload(files: readonly UploadFile[], folder: string): Promise<void> {
    return this.attempt(async () =>
      this.uploadBeside(await this.store.present(files.map(({ path }) => joinPath(folder, path))), files, folder),
    );
  }

  private async uploadBeside(
    present: ReadonlySet<string>,
    files: readonly UploadFile[],
    folder: string,
  ): Promise<void> {
    const over = files.filter(({ path }) => present.has(joinPath(folder, path)));
    this.uploads.start(
      files.filter((file) => !over.includes(file)),
      folder,
    );
    if (over.length === 0) return;
    const { ConfirmDialog } = await import('../ui/confirm-dialog');
    const [first = ''] = over.map(({ path }) => joinPath(folder, path));
    const data: Confirmation = {
      title: over.length === 1 ? `Replace ${first}?` : `Replace ${over.length} files?`,
      text:
        over.length === 1
          ? 'The project has a file of that name. What it holds now is lost.'
          : `The project has files of these names, such as ${first}. What they hold now is lost.`,
      verb: 'Replace',
      act: () => Promise.resolve(this.uploads.start(over, folder)),
    };
    this.dialog.open(ConfirmDialog, {
      ariaLabel: data.title,
      autoFocus: '[cdkFocusInitial]',
      restoreFocus: true,
      data,
    });
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
    if (this.spring?.folder === folder) return;
    this.endSpring();
    this.spring = {
      folder,
      timer: setTimeout(() => this.dropTarget() === folder && this.folders.reveal(folder), SPRING_MS),
    };
  }

  protected endDrag(): void {
    this.dropTarget.set(null);
    this.endSpring();
  }

  private endSpring(): void {
    clearTimeout(this.spring?.timer);
    this.spring = null;
  }

  protected async onDrop(event: DragEvent, folder: string): Promise<void> {
    event.preventDefault();
    event.stopPropagation();
    this.endDrag();
    const data = event.dataTransfer;
    if (!data) return;
    const from = data.getData(DRAG_TYPE);
    if (from) await this.moveInto(from, folder);
    else await this.upload(await droppedFiles(data), folder);
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

  protected rowOfFocus(): TreeNode | undefined {
    return this.rows().find((row) => row.path === this.tabStop());
  }

  protected focusRow(node: TreeNode | undefined): void {
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
