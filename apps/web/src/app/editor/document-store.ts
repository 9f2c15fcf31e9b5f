import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { RequestError, sentence } from '../core/problem';
import { EDITOR_FILE_BYTES } from '../core/protocol-values';
import { isText, isTextList, readStored, writeStored } from '../core/storage';
import { isImage } from '../files/file-icon';
import { isInside, movedPath } from '../files/file-tree';
import { FilesApi } from '../files/files-api';
import { FilesStore } from '../files/files-store';
import { DraftKeeper } from './draft-keeper';
import type { Draft } from './drafts';
import { decode, OpenDocument } from './open-document';

/** An image is held as a whole by the browser. */
const IMAGE_FILE_BYTES = 32 * 1024 * 1024;

/** The open tabs of the project. Typed text lives here until the server has it. */
@Injectable({ providedIn: 'root' })
export class DocumentStore {
  private readonly api = inject(FilesApi);
  private readonly files = inject(FilesStore);
  private readonly drafts = inject(DraftKeeper);
  private readonly byProject = new Map<string, OpenDocument[]>();
  private projectId: string | null = null;
  /** Ends when the tabs of the last visit stand. */
  private tabs: Promise<void> | null = null;
  readonly documents = signal<readonly OpenDocument[]>([]);
  readonly active = signal<OpenDocument | null>(null);
  readonly activePath = computed(() => this.active()?.path() ?? null);
  readonly dirty = computed(() => this.documents().filter((document) => document.dirty()));
  /** The project whose tabs of the last visit stand. */
  readonly restored = signal<string | null>(null);
  /** Rises when the editor is to take the focus; 0 when an editor that appears leaves it where it is. */
  readonly focusWanted = signal(0);

  constructor() {
    effect(() => {
      const id = this.files.projectId();
      untracked(() => this.changeProject(id));
    });
    effect(() => {
      const ready = this.files.status() === 'ready';
      const files = this.files.files();
      if (ready) untracked(() => (void this.restore(), void this.followServer(files)));
    });
    effect(() => {
      const move = this.files.lastMove();
      if (move)
        untracked(() =>
          this.documents().forEach((document) =>
            document.path.update((path) => movedPath(path, move.from, move.to) ?? path),
          ),
        );
    });
    effect(() => {
      const paths = this.documents().map((document) => document.path());
      const active = this.activePath();
      untracked(() => this.remember(paths, active));
    });
    this.drafts.follow(this.documents, () => this.projectId);
    addEventListener('beforeunload', (event) => {
      // What has its draft is there again after the next load: nothing to ask.
      if (this.dirty().length > 0 && this.drafts.behind()) event.preventDefault();
    });
  }

  isDirty(path: string): boolean {
    return this.documents().some((document) => document.path() === path && document.dirty());
  }

  async open(path: string, options: { focus?: boolean; line?: number } = {}): Promise<void> {
    this.focusWanted.set(0);
    let document = this.documents().find((other) => other.path() === path);
    if (!document) {
      document = new OpenDocument(path);
      this.documents.update((list) => [...list, document as OpenDocument]);
      this.active.set(document);
      await this.load(document);
    }
    this.active.set(document);
    if (options.line !== undefined) {
      // What is shown rendered is shown from its beginning.
      if (options.line > 1) document.source.set(true);
      if (document.rendered() === null) document.lineWanted.set(options.line);
    }
    if (options.focus) this.focusWanted.update((count) => count + 1);
  }

  activate(document: OpenDocument): void {
    this.focusWanted.set(0);
    this.active.set(document);
  }

  /** Closes a tab; what is unsaved is saved first, and a tab that cannot be saved stays. */
  async close(document: OpenDocument): Promise<void> {
    if (document.dirty() && !(await this.save(document))) return;
    this.drop(document);
  }

  /** Closes the tabs of a deleted file or folder. */
  closeBelow(path: string): void {
    for (const document of this.documents())
      if (document.path() === path || isInside(document.path(), path)) this.drop(document);
  }

  async load(document: OpenDocument): Promise<void> {
    const { projectId } = this;
    if (!projectId) return;
    const path = document.path();
    const known = this.files.get(path);
    if (known && known.size > (isImage(path) ? IMAGE_FILE_BYTES : EDITOR_FILE_BYTES))
      return document.refuseLarge(known.size);
    document.status.set('loading');
    // Only at the first time: later the page itself knows better.
    const asked = document.etag === '' ? this.drafts.of(projectId, document) : Promise.resolve(null);
    try {
      document.load(await this.api.read(projectId, path));
      const draft = await asked;
      if (draft && document.kind() === 'text') this.resume(document, draft);
    } catch (error) {
      const draft = await asked;
      if (draft && error instanceof RequestError && error.status === 404) return this.resumeDeleted(document, draft);
      document.error.set(sentence(error));
      document.status.set('error');
    }
  }

  /** Goes on with text that an earlier visit left unsaved; a newer version on the server is a choice, as ever. */
  private resume(document: OpenDocument, draft: Draft): void {
    if (draft.text === document.text) return;
    const theirs = { etag: document.etag, text: document.text };
    document.etag = draft.etag;
    document.restore(draft.text);
    if (draft.etag !== theirs.etag) document.conflict.set(theirs);
  }

  private resumeDeleted(document: OpenDocument, draft: Draft): void {
    document.load({ bytes: new ArrayBuffer(0), etag: draft.etag });
    document.restore(draft.text);
    document.conflict.set({ etag: '', text: null });
  }

  /** Moves a tab before or after another. */
  reorder(document: OpenDocument, to: number): void {
    const others = this.documents().filter((other) => other !== document);
    if (others.length === this.documents().length) return;
    const at = Math.max(0, Math.min(others.length, to));
    this.documents.set([...others.slice(0, at), document, ...others.slice(at)]);
  }

  /** Saves one document. False when it is still unsaved: the reason stands at the document. */
  async save(document: OpenDocument): Promise<boolean> {
    const { projectId } = this;
    if (!projectId || !document.dirty()) return true;
    if (document.conflict()) return false;
    // A save under way takes the text of its start: what was typed since follows it.
    while (document.saving()) await new Promise((resolve) => setTimeout(resolve, 20));
    if (!document.dirty()) return true;
    const { text } = document;
    document.saving.set(true);
    try {
      document.saved(text, await this.api.write(projectId, document.path(), text, document.etag));
      if (!document.dirty()) void this.drafts.forget(document);
      return true;
    } catch (error) {
      if (error instanceof RequestError && error.status === 412) await this.meetConflict(projectId, document);
      else document.saveError.set(sentence(error));
      return false;
    } finally {
      document.saving.set(false);
    }
  }

  /** Saves all that is unsaved; false when something could not be. */
  async saveAll(): Promise<boolean> {
    const results = await Promise.all(this.dirty().map((document) => this.save(document)));
    return results.every(Boolean);
  }

  /** Writes the page's text over the server's version. */
  async keepMine(document: OpenDocument): Promise<void> {
    const conflict = document.conflict();
    if (!conflict) return;
    document.etag = conflict.text === null ? '' : conflict.etag;
    document.conflict.set(null);
    await this.save(document);
  }

  takeTheirs(document: OpenDocument): void {
    const conflict = document.conflict();
    if (!conflict) return;
    if (conflict.text === null) {
      this.drop(document);
      return;
    }
    document.etag = conflict.etag;
    document.replace(conflict.text);
  }

  private async meetConflict(projectId: string, document: OpenDocument): Promise<void> {
    try {
      const theirs = await this.api.read(projectId, document.path());
      const text = decode(new Uint8Array(theirs.bytes)) ?? '';
      // The same change was made in two places: nothing to choose.
      if (text === document.text) document.saved(text, theirs.etag);
      else document.conflict.set({ etag: theirs.etag, text });
    } catch (error) {
      if (error instanceof RequestError && error.status === 404) document.conflict.set({ etag: '', text: null });
      else document.saveError.set(sentence(error));
    }
  }

  /** Loads again what changed on the server, where nothing was typed; typed text meets the change when it is saved. */
  private async followServer(files: readonly { path: string; sha256: string }[]): Promise<void> {
    const hashes = new Map(files.map((file) => [file.path, `"${file.sha256}"`]));
    for (const document of this.documents()) {
      const etag = hashes.get(document.path());
      // What failed while the server or the session was away is tried again.
      if (document.status() === 'error' && etag) await this.load(document);
      if (document.dirty() && document.saveError()) await this.save(document);
      if (document.status() !== 'ready' || document.dirty() || document.saving() || document.kind() === 'large')
        continue;
      if (etag && document.etag && etag !== document.etag) await this.load(document);
    }
  }

  private changeProject(id: string | null): void {
    if (id === this.projectId) return;
    if (this.projectId) {
      void this.saveAll();
      this.byProject.set(this.projectId, [...this.documents()]);
    }
    this.projectId = id;
    const known = id ? (this.byProject.get(id) ?? []) : [];
    this.documents.set(known);
    this.active.set(known[0] ?? null);
    this.tabs = null;
    this.restored.set(null);
  }

  private async restore(): Promise<void> {
    const id = this.projectId;
    if (!id) return;
    this.tabs ??= this.documents().length > 0 || this.byProject.has(id) ? Promise.resolve() : this.restoreTabs(id);
    await this.tabs;
    if (id === this.projectId) this.restored.set(id);
  }

  /** The tabs of the last visit; on a first visit the file that a newcomer would run. */
  private async restoreTabs(id: string): Promise<void> {
    const remembered = readStored(`tabs.${id}`, isTextList, []);
    const drafts = await this.drafts.paths(id);
    // Meanwhile another project was opened, or a file by hand.
    if (id !== this.projectId || this.documents().length > 0) return;
    const paths = new Set(this.files.files().map((file) => file.path));
    const tabs = [...new Set([...remembered.filter((path) => paths.has(path)), ...drafts])];
    const active = readStored(`tab.${id}`, isText, '');
    const first =
      ['train.py', 'main.py', 'run.py', 'train.js', 'train.mjs', 'main.js'].find((path) => paths.has(path)) ??
      [...paths].find((path) => /\.(py|m?js)$/.test(path));
    const open = tabs.length > 0 ? tabs : first ? [first] : [];
    const documents = open.map((path) => new OpenDocument(path));
    this.documents.set(documents);
    this.active.set(documents.find((document) => document.path() === active) ?? documents[0] ?? null);
    documents.forEach((document) => void this.load(document));
  }

  private remember(paths: string[], active: string | null): void {
    if (!this.projectId || this.files.status() !== 'ready') return;
    writeStored(`tabs.${this.projectId}`, paths);
    writeStored(`tab.${this.projectId}`, active);
  }

  private drop(document: OpenDocument): void {
    const list = this.documents();
    const at = list.indexOf(document);
    this.documents.set(list.filter((other) => other !== document));
    if (this.active() === document) this.active.set(list[at + 1] ?? list[at - 1] ?? null);
    void this.drafts.forget(document);
    document.dispose();
  }
}
