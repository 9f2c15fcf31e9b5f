import { ChangeDetectionStrategy, Component, computed, inject, input, viewChild } from '@angular/core';
import { MatMenuModule, type MatMenuPanel, MatMenuTrigger } from '@angular/material/menu';
import { DocumentStore } from '../editor/document-store';
import { fileIcon } from '../files/file-icon';
import type { TreeNode } from '../files/file-tree';
import { Icon } from '../ui/icon';
import { FileDrop } from './file-drop';
import { FilesTree, folderOf } from './files-tree';
import { TreeKeys } from './tree-keys';

/** A file or a folder in the tree. */
@Component({
  selector: 'mle-file-row',
  imports: [Icon, MatMenuModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    role: 'treeitem',
    draggable: 'true',
    '[class.on]': 'chosen()',
    '[class.moving]': 'node().path === tree.taken()',
    '[class.target]': 'node().path === drop.target()',
    '[style.--level]': 'node().level',
    '[attr.aria-label]': 'node().name',
    '[attr.aria-level]': 'node().level',
    '[attr.aria-posinset]': 'node().position',
    '[attr.aria-setsize]': 'node().siblings',
    '[attr.aria-expanded]': 'node().folder ? node().expanded : null',
    '[attr.aria-selected]': 'chosen()',
    '[attr.data-path]': 'node().path',
    '[tabindex]': 'node().path === tree.tabStop() ? 0 : -1',
    '(click)': 'tree.open(node())',
    '(keydown)': 'keys.press($event, node())',
    '(focus)': 'tree.focused.set(node().path)',
    '(contextmenu)': 'openMenu($event)',
    '(dragstart)': 'drop.start($event, node().path)',
    '(dragover)': 'drop.over($event, folder())',
    '(drop)': 'drop.drop($event, folder())',
  },
  template: `
    @if (node().folder) {
      <mle-icon class="twist" [name]="node().expanded ? 'chevronDown' : 'chevronRight'" />
      <mle-icon name="folder" />
    } @else {
      <mle-icon class="leaf" [name]="icon()" />
    }
    <span class="cut grow" [title]="node().path">{{ node().name }}</span>
    @if (unsaved()) {
      <span class="dot" title="Unsaved"></span>
    }
    <span class="acts" aria-hidden="true">
      <button
        type="button"
        class="ib"
        tabindex="-1"
        title="Rename, move, delete"
        [matMenuTriggerFor]="menu()"
        [matMenuTriggerRestoreFocus]="false"
        (menuOpened)="tree.menuNode.set(node())"
        (click)="$event.stopPropagation()"
      >
        <mle-icon name="more" />
      </button>
    </span>
  `,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: 6px;
      height: 28px;
      padding: 0 4px 0 calc(8px + (var(--level) - 1) * 18px);
      border-radius: var(--radius);
      cursor: default;
      user-select: none;
      content-visibility: auto;
      contain-intrinsic-height: 28px;
    }
    :host(:hover) {
      background: var(--hover);
    }
    :host(.on) {
      background: var(--selected);
    }
    :host(.moving) {
      opacity: 0.55;
    }
    :host(.target) {
      background: var(--accent-soft);
      box-shadow: inset 0 0 0 1px var(--accent);
    }
    :host(:focus-visible) {
      outline-offset: -2px;
    }
    mle-icon {
      color: var(--text-faint);
    }
    .twist {
      margin: 0 -4px;
    }
    .leaf {
      margin-left: 14px;
    }
    :host(.on) .leaf {
      color: var(--accent-text);
    }
    .dot {
      width: 7px;
      height: 7px;
      margin-right: 8px;
      border-radius: 50%;
      background: var(--text-muted);
      flex: none;
    }
    :host(:hover) .dot {
      margin-right: 0;
    }
    .acts {
      display: none;
      .ib {
        width: 24px;
        height: 24px;
      }
    }
    :host(:hover) .acts,
    :host(:focus-visible) .acts,
    .acts:has([aria-expanded='true']) {
      display: block;
    }
    @media (max-width: 719px), (pointer: coarse) {
      :host {
        height: 44px;
      }
      .acts {
        display: block;
      }
    }
  `,
})
export class FileRow {
  readonly node = input.required<TreeNode>();
  /** Of all rows. */
  readonly menu = input.required<MatMenuPanel>();
  protected readonly tree = inject(FilesTree);
  protected readonly keys = inject(TreeKeys);
  protected readonly drop = inject(FileDrop);
  private readonly documents = inject(DocumentStore);
  private readonly trigger = viewChild.required(MatMenuTrigger);
  protected readonly chosen = computed(() => this.node().path === this.tree.current());
  protected readonly unsaved = computed(() => this.documents.isDirty(this.node().path));
  protected readonly icon = computed(() => fileIcon(this.node().name));
  protected readonly folder = computed(() => folderOf(this.node()));

  protected openMenu(event: Event): void {
    event.preventDefault();
    this.tree.menuNode.set(this.node());
    this.tree.focused.set(this.node().path);
    this.trigger().openMenu();
  }
}
