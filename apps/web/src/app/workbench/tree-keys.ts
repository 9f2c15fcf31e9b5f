import { TreeKeyManager, type TreeKeyManagerItem } from '@angular/cdk/a11y';
import { computed, DestroyRef, inject, Injectable, type Signal } from '@angular/core';
import { BehaviorSubject } from 'rxjs';
import { ServerState } from '../core/server-state';
import { parentOf, type TreeNode } from '../files/file-tree';
import { FileChanges } from './file-changes';
import { FilesTree, folderOf } from './files-tree';

/** A row as the CDK's keys see it. */
class KeyRow implements TreeKeyManagerItem {
  constructor(
    readonly node: TreeNode,
    private readonly tree: FilesTree,
    private readonly rows: Signal<readonly KeyRow[]>,
  ) {}

  getLabel(): string {
    return this.node.name;
  }

  isExpanded(): boolean {
    return this.node.expanded;
  }

  isDisabled(): boolean {
    return false;
  }

  getParent(): KeyRow | null {
    return this.rows().find(({ node }) => node.path === parentOf(this.node.path)) ?? null;
  }

  getChildren(): KeyRow[] {
    return this.rows().filter(({ node }) => parentOf(node.path) === this.node.path);
  }

  expand(): void {
    if (this.node.folder) this.tree.folders.set(this.node.path, true);
  }

  collapse(): void {
    this.tree.folders.set(this.node.path, false);
  }

  activate(): void {
    this.tree.open(this.node);
  }

  focus(): void {
    if (this.tree.focused() !== this.node.path) this.tree.focus(this.node.path);
  }

  // Its tab stop is the tree's to give and to take.
  unfocus(): void {}
  makeFocusable(): void {}
}

/** The keys of the files panel: the CDK's lead through the tree, ours change what is there. */
@Injectable()
export class TreeKeys {
  private readonly tree = inject(FilesTree);
  private readonly changes = inject(FileChanges);
  private readonly server = inject(ServerState);
  private readonly rows: Signal<KeyRow[]> = computed(() =>
    this.tree.rows().map((node) => new KeyRow(node, this.tree, this.rows)),
  );
  private readonly known = new BehaviorSubject<KeyRow[]>([]);
  private readonly manager = new TreeKeyManager<KeyRow>(this.known, {
    trackBy: ({ node }) => node.path,
    typeAheadDebounceInterval: true,
  });

  constructor() {
    inject(DestroyRef).onDestroy(() => this.manager.destroy());
  }

  press(event: KeyboardEvent, node: TreeNode): void {
    if (event.altKey) return;
    const change = this.change(event, node);
    if (change) {
      event.preventDefault();
      change();
    } else if (!event.ctrlKey && !event.metaKey) {
      this.known.next(this.rows());
      const row = this.rows().find((other) => other.node === node);
      if (row) this.manager.focusItem(row);
      this.manager.onKeydown(event);
    }
  }

  private change(event: KeyboardEvent, node: TreeNode): (() => void) | null {
    const { taken, renaming } = this.tree;
    const from = taken();
    const offline = this.server.refusal() !== null;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'x') return () => taken.set(node.path);
      return event.key === 'v' && from !== null ? () => void this.changes.moveInto(from, folderOf(node)) : null;
    }
    switch (event.key) {
      case 'Enter':
        return () => this.tree.open(node, { focus: true });
      case 'F2':
        return offline ? null : () => renaming.set(node.path);
      case 'Delete':
        return offline ? null : () => this.changes.remove(node);
      case 'Escape':
        return from === null ? null : () => taken.set(null);
      default:
        return null;
    }
  }
}
