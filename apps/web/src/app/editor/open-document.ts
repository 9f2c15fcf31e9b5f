import { computed, signal } from '@angular/core';
import { bytes as sizeText } from '../core/format';
import { EDITOR_FILE_BYTES } from '../core/protocol-values';
import { isImage } from '../files/file-icon';
import type { FileContent } from '../files/files-api';
import type { PastRun } from './knob-places';
import { MOST_TABLE_BYTES, previewOf } from './preview';

type DocumentKind = 'text' | 'image' | 'binary' | 'large';
type DocumentStatus = 'loading' | 'ready' | 'error';

/** The version that is on the server while the page has another one. */
export interface Conflict {
  etag: string;
  /** Null where the file was deleted meanwhile. */
  text: string | null;
}

/** A file in a tab: what is on the page, what is on the server as far as known, and how the two differ. */
export class OpenDocument {
  readonly path = signal('');
  readonly kind = signal<DocumentKind>('text');
  readonly status = signal<DocumentStatus>('loading');
  readonly error = signal<string | null>(null);
  readonly saving = signal(false);
  readonly saveError = signal<string | null>(null);
  readonly conflict = signal<Conflict | null>(null);
  readonly size = signal(0);
  /** The text that was loaded or saved last. */
  readonly savedText = signal('');
  /** Rises when the text is replaced from outside the editor. */
  readonly replaced = signal(0);
  /** Where the editor is to go next, counted from 1. */
  readonly lineWanted = signal<number | null>(null);
  /** Where the caret stands, counted from 1. */
  readonly line = signal(1);
  /** Where the last run failed; `key` tells one failure from the next. */
  readonly failedAt = signal<{ line: number; key: string } | null>(null);
  /** The latest runs of the file, newest first, with the values that they had. */
  readonly pastRuns = signal<readonly PastRun[]>([], { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  /** How many values of its program can be varied, as it was saved. */
  readonly knobs = signal(0);
  readonly imageUrl = signal<string | null>(null);
  private readonly edited = signal(0);
  readonly dirty = computed(
    () => (this.edited(), this.kind() === 'text' && this.status() === 'ready' && this.read() !== this.savedText()),
  );
  /** Its source is wanted, where it could be shown otherwise. */
  readonly source = signal(false);
  readonly preview = computed(() => previewOf(this.path()));
  /** What it is shown as in the place of its source; null for the editor. */
  readonly rendered = computed(() => {
    const preview = this.preview();
    if (this.kind() === 'large') return preview === 'table' && this.size() <= MOST_TABLE_BYTES ? preview : null;
    return this.kind() === 'text' && !this.source() ? preview : null;
  });
  /** Rises with each change of the text. */
  readonly edition = this.edited.asReadonly();
  /** The text is one that an earlier visit left unsaved, and has not been saved since. */
  readonly restored = signal(false);
  etag = '';
  /** The editor's own state (undo history, selection, scroll) while another tab is in front. */
  editorState: unknown = null;
  /** The failure that was marked last: what was edited since is not marked again. */
  markedFailure = '';
  private read: () => string = () => this.savedText();

  constructor(path: string) {
    this.path.set(path);
  }

  get text(): string {
    return this.read();
  }

  /** The editor calls this on each change; the text itself is read only when needed. */
  changed(read: () => string): void {
    // Lines are long to join: one copy per change at most, and only if someone asks.
    let copy: string | null = null;
    this.read = () => (copy ??= read());
    this.edited.update((count) => count + 1);
    this.saveError.set(null);
  }

  /** Takes the content of the server and forgets what was typed. */
  load(content: FileContent): void {
    const bytes = new Uint8Array(content.bytes);
    const text = isImage(this.path()) ? null : decode(bytes);
    this.etag = content.etag;
    this.size.set(bytes.length);
    this.kind.set(isImage(this.path()) ? 'image' : text === null ? 'binary' : 'text');
    if (this.kind() === 'image') this.showImage(content.bytes);
    this.replace(text ?? '');
    // What is empty is to be written.
    if (text === '') this.source.set(true);
    this.status.set('ready');
    this.error.set(null);
  }

  /** A file over the editor's limit is named, not loaded. */
  refuseLarge(size: number): void {
    this.size.set(size);
    this.kind.set('large');
    this.status.set('ready');
  }

  /** Takes up what was typed in an earlier visit: unsaved, as it was then. */
  restore(text: string): void {
    this.read = () => text;
    this.editorState = null;
    this.restored.set(true);
    this.edited.update((count) => count + 1);
    this.replaced.update((count) => count + 1);
  }

  /** Back to the version that was saved. */
  revert(): void {
    this.replace(this.savedText());
  }

  replace(text: string): void {
    this.read = () => this.savedText();
    this.savedText.set(text);
    this.editorState = null;
    this.restored.set(false);
    this.conflict.set(null);
    this.saveError.set(null);
    this.edited.update((count) => count + 1);
    this.replaced.update((count) => count + 1);
  }

  saved(text: string, etag: string): void {
    this.etag = etag;
    this.savedText.set(text);
    this.size.set(new Blob([text]).size);
    this.restored.set(false);
    this.conflict.set(null);
    this.saveError.set(null);
  }

  /** Why it is not in the editor, as a sentence. */
  readonly refusal = computed(() => {
    const name = this.path();
    if (this.kind() === 'large' && isImage(name))
      return `${name} is ${sizeText(this.size())}: too large to be shown here.`;
    if (this.kind() === 'large')
      return `${name} is ${sizeText(this.size())}. The editor opens files up to ${sizeText(EDITOR_FILE_BYTES)}.`;
    return this.kind() === 'binary'
      ? `${name} is ${sizeText(this.size())} of binary data and is not opened here.`
      : null;
  });

  dispose(): void {
    const url = this.imageUrl();
    if (url) URL.revokeObjectURL(url);
  }

  private showImage(bytes: ArrayBuffer): void {
    this.dispose();
    const type = this.path().toLowerCase().endsWith('.svg') ? 'image/svg+xml' : '';
    this.imageUrl.set(URL.createObjectURL(new Blob([bytes], { type })));
  }
}

/** The text of UTF-8 bytes, or null when they are something else. */
export function decode(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
