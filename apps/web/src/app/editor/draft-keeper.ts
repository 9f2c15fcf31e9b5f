import { effect, inject, Injectable, type Signal, signal } from '@angular/core';
import { Drafts } from './drafts';
import type { OpenDocument } from './open-document';

/** So long typing rests before the draft is written; and so often at least while it goes on. */
const REST_MS = 300;
const AT_MOST_MS = 1500;

interface Kept {
  projectId: string;
  path: string;
  edition: number;
}

/** Writes what is unsaved in the open tabs into the drafts, and takes it out again when it is saved. */
@Injectable({ providedIn: 'root' })
export class DraftKeeper {
  private readonly drafts = inject(Drafts);
  private readonly kept = new Map<OpenDocument, Kept>();
  private projectId: string | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private since = 0;
  private documents: readonly OpenDocument[] = [];
  /** Whether something that was typed is in no draft yet. */
  readonly behind = signal(false);

  /** To be called once, while an injection context is there. */
  follow(documents: Signal<readonly OpenDocument[]>, projectId: () => string | null): void {
    effect(() => {
      const list = documents();
      for (const document of list) {
        document.edition();
        document.savedText();
        document.path();
      }
      this.documents = list;
      this.projectId = projectId();
      this.schedule();
    });
    document.addEventListener('visibilitychange', () => document.hidden && void this.write());
  }

  private schedule(): void {
    if (this.timer) clearTimeout(this.timer);
    else this.since = Date.now();
    this.behind.set(true);
    const wait = Math.max(0, Math.min(REST_MS, this.since + AT_MOST_MS - Date.now()));
    this.timer = setTimeout(() => void this.write(), wait);
  }

  private async write(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { projectId } = this;
    const work = projectId ? this.documents.map((document) => this.writeOne(projectId, document)) : [];
    await Promise.all(work);
    // Meanwhile typed text has its own turn.
    if (!this.timer) this.behind.set(false);
  }

  private async writeOne(projectId: string, document: OpenDocument): Promise<void> {
    const before = this.kept.get(document);
    const now: Kept = { projectId, path: document.path(), edition: document.edition() };
    const moved = before && before.path !== now.path;
    if (before && (moved || !document.dirty())) {
      this.kept.delete(document);
      await this.drafts.remove(before.projectId, before.path);
    }
    if (!document.dirty() || (before && !moved && before.edition === now.edition)) return;
    this.kept.set(document, now);
    await this.drafts.put(projectId, now.path, { text: document.text, etag: document.etag });
  }

  /** What the drafts hold of a document that is being loaded. */
  async of(projectId: string, document: OpenDocument): Promise<{ text: string; etag: string } | null> {
    const draft = await this.drafts.get(projectId, document.path());
    if (draft) this.kept.set(document, { projectId, path: document.path(), edition: -1 });
    return draft;
  }

  paths(projectId: string): Promise<string[]> {
    return this.drafts.paths(projectId);
  }

  /** The tab is closed, its text saved or given up. */
  async forget(document: OpenDocument): Promise<void> {
    const kept = this.kept.get(document);
    this.kept.delete(document);
    if (kept) await this.drafts.remove(kept.projectId, kept.path);
  }
}
