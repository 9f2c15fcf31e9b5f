import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { jest } from '@jest/globals';
import type { FileView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { RequestError } from '../core/problem';
import { Toasts, UNDO_MS } from '../core/toasts';
import { ProjectsStore } from '../projects/projects-store';
import { FilesApi } from './files-api';
import { FilesStore } from './files-store';

const file = (path: string): FileView => ({ path, size: 1, mode: 0o644, mtime: '', sha256: path });

async function opened(paths: string[]) {
  const server = { paths: [...paths], refuse: null as RequestError | null };
  const change = (act: () => void) => (server.refuse ? Promise.reject(server.refuse) : Promise.resolve(act()));
  const api = {
    list: () => Promise.resolve(server.paths.map(file)),
    write: (_project: string, path: string) => change(() => server.paths.push(path)),
    remove: (_project: string, path: string) =>
      change(() => (server.paths = server.paths.filter((other) => other !== path && !other.startsWith(`${path}/`)))),
    move: (_project: string, { from, to }: { from: string; to: string }) =>
      change(() => (server.paths = server.paths.map((path) => (path === from ? to : path)))),
  };
  TestBed.configureTestingModule({
    providers: [
      { provide: FilesApi, useValue: api },
      { provide: EventsSocket, useValue: { reading: signal(1) } },
      { provide: ProjectsStore, useValue: { current: signal({ id: 'p1', revision: 1 }) } },
    ],
  });
  const store = TestBed.inject(FilesStore);
  TestBed.tick();
  await store.load();
  return { server, store, shown: () => store.files().map(({ path }) => path), toasts: TestBed.inject(Toasts) };
}

describe('FilesStore', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('deletes a folder on the page at once, and on the server when Undo has gone', async () => {
    const { server, store, shown } = await opened(['a/x.py', 'a/y.py', 'ab.py']);
    store.remove('a', true);
    expect(shown()).toEqual(['ab.py']);
    expect(server.paths.length).toBe(3);
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    expect([server.paths, shown()]).toEqual([['ab.py'], ['ab.py']]);
  });

  it('brings a deleted file back by Undo', async () => {
    const { server, store, shown, toasts } = await opened(['a.py', 'b.py']);
    store.remove('a.py', false);
    toasts.list()[0]?.action?.run();
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    expect([server.paths, shown()]).toEqual([
      ['a.py', 'b.py'],
      ['a.py', 'b.py'],
    ]);
  });

  it('keeps a folder whose last file goes, until it is deleted itself, and brings it back by Undo', async () => {
    const { store, shown, toasts } = await opened(['a/x.py', 'a/b/y.py', 'z.py']);
    store.remove('a/x.py', false);
    expect(store.emptyFolders()).toEqual([]);
    store.remove('a/b/y.py', false);
    await store.load();
    expect([shown(), store.emptyFolders()]).toEqual([['z.py'], ['a/b']]);
    await store.flushDeletes();
    await store.load();
    expect(store.emptyFolders()).toEqual(['a/b']);
    store.remove('a', true);
    expect(store.emptyFolders()).toEqual([]);
    toasts.list().at(-1)?.action?.run();
    expect(store.emptyFolders()).toEqual(['a/b']);
  });

  it('deletes at once what waits for Undo, before a run', async () => {
    const { server, store } = await opened(['a.py', 'b.py']);
    store.remove('a.py', false);
    await store.flushDeletes();
    expect(server.paths).toEqual(['b.py']);
  });

  it('deletes first what waits for Undo in the place of something new, so that the new one stays', async () => {
    const { server, store, shown } = await opened(['a.py', 'b.py', 'c/d.py', 'e.py']);
    for (const path of ['a.py', 'b.py', 'e.py']) store.remove(path, false);
    store.remove('c', true);
    await store.create('a.py');
    expect(await store.present(['b.py', 'c/d.py'])).toEqual(new Set());
    server.paths.push('b.py');
    await jest.advanceTimersByTimeAsync(UNDO_MS);
    await store.load();
    expect([server.paths, shown()]).toEqual([
      ['a.py', 'b.py'],
      ['a.py', 'b.py'],
    ]);
  });

  it('knows of files that are stored and not shown yet', async () => {
    const { server, store } = await opened(['a.py']);
    server.paths.push('new.py');
    expect(await store.present(['new.py', 'other.py'])).toEqual(new Set(['new.py']));
  });

  it('shows a file again that the server did not delete, and says why', async () => {
    const { server, store, shown, toasts } = await opened(['a.py']);
    server.refuse = new RequestError('The disk is full.', 507, 'disk.full');
    store.remove('a.py', false);
    await store.flushDeletes();
    expect(shown()).toEqual(['a.py']);
    expect(toasts.list().map(({ text }) => text)).toContain('a.py was not deleted. The disk is full.');
  });

  it('moves at once, and back when the server refuses', async () => {
    const { server, store, shown } = await opened(['a.py']);
    server.refuse = new RequestError('b.py exists.', 409, 'file.exists');
    const moved = store.move('a.py', 'b.py');
    expect(shown()).toEqual(['b.py']);
    await expect(moved).rejects.toThrow('b.py exists.');
    expect(shown()).toEqual(['a.py']);
  });
});
