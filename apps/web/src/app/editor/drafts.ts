import { Injectable } from '@angular/core';

/** Text that was typed and not saved, and the version that it began from. */
export interface Draft {
  text: string;
  /** Empty where the file was new. */
  etag: string;
}

const STORE = 'drafts';

/** Unsaved text, kept in the browser by project and path. A browser without a database keeps none. */
@Injectable({ providedIn: 'root' })
export class Drafts {
  private opened: Promise<IDBDatabase> | null = null;

  async get(projectId: string, path: string): Promise<Draft | null> {
    return (await this.ask<Draft | undefined>('readonly', (store) => store.get([projectId, path]))) ?? null;
  }

  async paths(projectId: string): Promise<string[]> {
    // Arrays come after all strings: the range holds every path.
    const keys = await this.ask<IDBValidKey[]>('readonly', (store) =>
      store.getAllKeys(IDBKeyRange.bound([projectId], [projectId, []])),
    );
    return (keys ?? []).map((key) => (key as [string, string])[1]);
  }

  async put(projectId: string, path: string, draft: Draft): Promise<void> {
    await this.ask('readwrite', (store) => store.put(draft, [projectId, path]));
  }

  async remove(projectId: string, path: string): Promise<void> {
    await this.ask('readwrite', (store) => store.delete([projectId, path]));
  }

  /** A closed or full database forgets: null, and nothing else stops working. */
  private async ask<T>(mode: IDBTransactionMode, question: (store: IDBObjectStore) => IDBRequest): Promise<T | null> {
    try {
      this.opened ??= open();
      const database = await this.opened;
      return (await answer(question(database.transaction(STORE, mode).objectStore(STORE)))) as T;
    } catch {
      this.opened = null;
      return null;
    }
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('mle', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The database of the browser does not answer.'));
  });
}
