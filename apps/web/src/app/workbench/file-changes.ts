import { inject, Injectable, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { sentence } from '../core/problem';
import { Toasts } from '../core/toasts';
import { DocumentStore } from '../editor/document-store';
import { isInside, joinPath, moveError, nameError, nameOf, parentOf, type TreeNode } from '../files/file-tree';
import { FilesStore } from '../files/files-store';
import { type UploadFile, Uploads } from '../files/uploads';
import { confirm } from '../ui/confirm';
import type { Confirmation } from '../ui/confirm-dialog';
import type { NameQuestion } from '../ui/name-dialog';
import { FilesTree } from './files-tree';

/** What the files panel does to the project's files: the tree follows, and a refusal is told. */
@Injectable()
export class FileChanges {
  private readonly tree = inject(FilesTree);
  private readonly store = inject(FilesStore);
  private readonly documents = inject(DocumentStore);
  private readonly uploads = inject(Uploads);
  private readonly dialog = inject(MatDialog);
  private readonly toasts = inject(Toasts);
  /** Why the last change was not made. */
  readonly error = signal<string | null>(null);

  readonly checkNew = (name: string): string | null =>
    nameError(name, this.takenPaths(), this.tree.adding()?.folder ?? '');

  readonly checkRename = (name: string): string | null => {
    const path = this.tree.renaming() ?? '';
    return name === nameOf(path) ? null : nameError(name, this.takenPaths(), parentOf(path));
  };

  /** Makes what is being added; null is the end of naming without a name. */
  async finishAdd(name: string | null): Promise<void> {
    const adding = this.tree.adding();
    this.tree.adding.set(null);
    if (!adding || name === null) return this.tree.focus();
    const path = joinPath(adding.folder, name);
    this.tree.folders.reveal(adding.kind === 'folder' ? path : parentOf(path));
    this.tree.focused.set(path);
    if (adding.kind === 'folder') {
      this.store.addFolder(path);
      this.tree.focus();
    } else await this.attempt(() => this.store.create(path).then(() => this.documents.open(path, { focus: true })));
  }

  async finishRename(node: TreeNode, name: string | null): Promise<void> {
    this.tree.renaming.set(null);
    if (name === null || name === node.name) return this.tree.focus(node.path);
    const to = joinPath(parentOf(node.path), name);
    if (node.expanded) this.tree.folders.set(to, true);
    this.tree.focused.set(to);
    await this.move(node.path, to);
  }

  /** The whole path as text: for keys, for a phone, and to a folder that is not there yet. */
  async moveByName(node: TreeNode): Promise<void> {
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
    dialog.afterClosed().subscribe(() => this.tree.focus());
  }

  async moveInto(from: string, folder: string): Promise<void> {
    const to = joinPath(folder, nameOf(from));
    this.tree.taken.set(null);
    if (from === folder || to === from) return;
    const wrong = moveError(from, to, this.takenPaths());
    if (wrong !== null) return this.error.set(wrong);
    await this.move(from, to);
  }

  remove(node: TreeNode): void {
    const rows = this.tree.rows();
    const at = rows.indexOf(node);
    const next = rows.slice(at + 1).find((row) => !isInside(row.path, node.path)) ?? rows[at - 1];
    this.documents.closeBelow(node.path);
    this.store.remove(node.path, node.folder);
    if (next) this.tree.focus(next.path);
  }

  /** What is there already is replaced only if the user says so; the rest is on its way meanwhile. */
  upload(files: readonly UploadFile[], folder: string): Promise<void> {
    return this.attempt(async () => {
      const present = await this.store.present(files.map(({ path }) => joinPath(folder, path)));
      const over = files.filter(({ path }) => present.has(joinPath(folder, path)));
      this.uploads.start(
        files.filter(({ path }) => !present.has(joinPath(folder, path))),
        folder,
      );
      if (over.length > 0) await this.askToReplace(over, folder);
    });
  }

  private async askToReplace(files: readonly UploadFile[], folder: string): Promise<void> {
    const first = joinPath(folder, files[0]?.path ?? '');
    const one = files.length === 1;
    const data: Confirmation = {
      title: one ? `Replace ${first}?` : `Replace ${files.length} files?`,
      text: one
        ? 'The project has a file of that name. What it holds now is lost.'
        : `The project has files of these names, such as ${first}. What they hold now is lost.`,
      verb: 'Replace',
      act: () => Promise.resolve(this.uploads.start(files, folder)),
    };
    await confirm(this.dialog, data);
  }

  private async move(from: string, to: string): Promise<void> {
    await this.attempt(async () => {
      await this.store.move(from, to);
      this.afterMove(from, to);
    });
  }

  private afterMove(from: string, to: string): void {
    if (from === to) return;
    this.tree.folders.reveal(parentOf(to));
    this.tree.focus(to);
    const what =
      parentOf(from) === parentOf(to)
        ? `Renamed ${nameOf(from)} to ${nameOf(to)}`
        : `Moved ${nameOf(from)} to ${parentOf(to) || 'the top'}`;
    this.toasts.show(what, {
      icon: 'move',
      action: { label: 'Undo', run: () => void this.attempt(() => this.store.move(to, from)) },
    });
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
    return [...this.store.files().map((file) => file.path), ...this.tree.rows().map((row) => row.path)];
  }
}
