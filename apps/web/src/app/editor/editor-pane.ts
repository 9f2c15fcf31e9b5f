import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  type ElementRef,
  inject,
  output,
  signal,
  viewChild,
  viewChildren,
} from '@angular/core';
import { bytes, plural } from '../core/format';
import { fileIcon } from '../files/file-icon';
import { nameOf } from '../files/file-tree';
import { FilesApi } from '../files/files-api';
import { FilesStore } from '../files/files-store';
import { Icon } from '../ui/icon';
import { RovingFocus, RovingItem } from '../ui/roving-focus';
import { CodeEditor } from './code-editor';
import { ConflictBar } from './conflict-bar';
import { DocumentStore } from './document-store';
import { languageName } from './language-names';
import { MarkdownView } from './markdown-view';
import { NotebookView } from './notebook-view';
import type { OpenDocument } from './open-document';
import { TableView } from './table-view';

/** The tabs, the open file and its status line. */
@Component({
  selector: 'mle-editor-pane',
  imports: [CodeEditor, ConflictBar, Icon, MarkdownView, NotebookView, RovingFocus, RovingItem, TableView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './editor-pane.html',
  styleUrl: './editor-pane.scss',
})
export class EditorPane {
  readonly newFile = output();
  protected readonly store = inject(DocumentStore);
  protected readonly files = inject(FilesStore);
  private readonly api = inject(FilesApi);
  private readonly editor = viewChild(CodeEditor);
  private readonly tabs = viewChildren<ElementRef<HTMLElement>>('tab');
  protected readonly cursor = signal({ line: 1, column: 1 });
  protected readonly language = computed(() => languageName(this.store.activePath() ?? ''));
  /** Where a dragged tab would be put. */
  protected readonly dropAt = signal<number | null>(null);
  private dragged: OpenDocument | null = null;
  protected readonly iconOf = fileIcon;
  protected readonly nameOf = nameOf;
  protected readonly sizeOf = bytes;
  protected readonly plural = plural;

  constructor() {
    // Another page came by a key or by Back: the editor had no blur.
    inject(DestroyRef).onDestroy(() => void this.store.saveAll());
    // A tab bar narrower than its tabs scrolls: the open file's tab stays in sight.
    afterRenderEffect(() => {
      const at = this.store.documents().indexOf(this.store.active() as OpenDocument);
      this.tabs()[at]?.nativeElement.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  }

  /** The text as it is now, typed or saved. */
  protected textOf(document: OpenDocument): string {
    document.edition();
    return document.text;
  }

  /** Changes with the file on the server. */
  protected versionOf(document: OpenDocument): string {
    return this.files.get(document.path())?.sha256 ?? '';
  }

  protected downloadUrl(document: OpenDocument): string {
    return this.api.url(this.files.projectId() ?? '', document.path());
  }

  protected onBlur(document: OpenDocument): void {
    void this.store.save(document);
  }

  protected onCursor(cursor: { line: number; column: number }): void {
    this.cursor.set(cursor);
    this.store.active()?.line.set(cursor.line);
  }

  protected search(): void {
    this.editor()?.openSearch();
  }

  /** Beside the keys that lead from tab to tab. */
  protected onTabKey(event: KeyboardEvent, document: OpenDocument, at: number): void {
    const step = event.shiftKey ? { ArrowLeft: -1, ArrowRight: 1 }[event.key] : undefined;
    if (step === undefined && event.key !== 'Delete') return;
    event.preventDefault();
    if (step === undefined) return void this.store.close(document);
    this.store.reorder(document, at + step);
    this.focusTab(event.currentTarget as HTMLElement);
  }

  /** The open file's tab, once it stands where it now belongs. */
  private focusTab(tab: HTMLElement): void {
    const list = tab.closest('[role="tablist"]');
    requestAnimationFrame(() => list?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus());
  }

  protected onDragStart(event: DragEvent, document: OpenDocument): void {
    this.dragged = document;
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  }

  protected onDragOver(event: DragEvent, index: number): void {
    if (!this.dragged) return;
    event.preventDefault();
    this.dropAt.set(index);
  }

  protected onDrop(event: DragEvent, index: number): void {
    if (!this.dragged) return;
    event.preventDefault();
    this.store.reorder(this.dragged, index);
    this.endDrag();
  }

  protected endDrag(): void {
    this.dragged = null;
    this.dropAt.set(null);
  }
}
