import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { jest } from '@jest/globals';
import type { FileView } from '@mle/protocol';
import { RequestError } from '../core/problem';
import { FilesApi } from '../files/files-api';
import { FilesStore } from '../files/files-store';
import { DocumentStore } from './document-store';
import { type Draft, Drafts } from './drafts';

/** A server of one file with ETags, as the real one keeps them. */
class Server {
  text = 'print(1)\n';
  version = 1;
  gone = false;

  get etag(): string {
    return `"${this.version}"`;
  }

  read(): Promise<{ bytes: ArrayBuffer; etag: string }> {
    if (this.gone) return Promise.reject(new RequestError('There is no such file.', 404, 'file.not_found'));
    return Promise.resolve({ bytes: new TextEncoder().encode(this.text).buffer, etag: this.etag });
  }

  write(_project: string, _path: string, text: string, etag: string): Promise<string> {
    if (this.gone ? etag !== '' : etag !== this.etag)
      return Promise.reject(new RequestError('It changed.', 412, 'file.changed'));
    this.gone = false;
    this.text = text;
    this.version++;
    return Promise.resolve(this.etag);
  }
}

/** The browser's database, which the test environment has none of. */
class DraftTable {
  readonly rows = new Map<string, Draft>();
  get = (_project: string, path: string) => Promise.resolve(this.rows.get(path) ?? null);
  paths = () => Promise.resolve([...this.rows.keys()]);
  put = (_project: string, path: string, draft: Draft) => Promise.resolve(void this.rows.set(path, draft));
  remove = (_project: string, path: string) => Promise.resolve(void this.rows.delete(path));
}

async function opened(drafts = new DraftTable(), prepare: (server: Server) => void = () => undefined) {
  const server = new Server();
  prepare(server);
  const files = signal<FileView[]>([{ path: 'a.py', size: 9, mode: 0o644, mtime: '', sha256: '1' }]);
  const store = {
    projectId: signal('p1'),
    status: signal('ready'),
    files,
    lastMove: signal(null),
    get: (path: string) => files().find((file) => file.path === path) ?? null,
  };
  TestBed.configureTestingModule({
    providers: [
      { provide: Drafts, useValue: drafts },
      { provide: FilesApi, useValue: server },
      { provide: FilesStore, useValue: store },
    ],
  });
  const documents = TestBed.inject(DocumentStore);
  TestBed.tick();
  await documents.open('a.py');
  const document = documents.active();
  if (!document) throw new Error('nothing is open');
  return { server, documents, document, files, drafts };
}

describe('DocumentStore', () => {
  beforeEach(() => localStorage.clear());

  it('saves over the version that it loaded', async () => {
    const { server, documents, document } = await opened();
    document.changed(() => 'print(2)\n');
    expect(documents.dirty()).toEqual([document]);
    expect(await documents.saveAll()).toBe(true);
    expect([server.text, document.dirty()]).toEqual(['print(2)\n', false]);
  });

  it('asks when the file changed elsewhere, and writes nothing meanwhile', async () => {
    const { server, documents, document } = await opened();
    [server.text, server.version] = ['theirs\n', 5];
    document.changed(() => 'mine\n');
    expect(await documents.save(document)).toBe(false);
    expect(document.conflict()).toEqual({ etag: '"5"', text: 'theirs\n' });
    expect(await documents.saveAll()).toBe(false);
    expect(server.text).toBe('theirs\n');
    await documents.keepMine(document);
    expect([server.text, document.dirty(), document.conflict()]).toEqual(['mine\n', false, null]);
  });

  it('takes theirs when that is the choice', async () => {
    const { server, documents, document } = await opened();
    [server.text, server.version] = ['theirs\n', 5];
    document.changed(() => 'mine\n');
    await documents.save(document);
    documents.takeTheirs(document);
    expect([document.text, document.dirty(), document.etag]).toEqual(['theirs\n', false, '"5"']);
  });

  it('sees no conflict where both made the same change', async () => {
    const { server, documents, document } = await opened();
    [server.text, server.version] = ['same\n', 7];
    document.changed(() => 'same\n');
    await documents.save(document);
    expect([document.conflict(), document.dirty(), document.etag]).toEqual([null, false, '"7"']);
  });

  it('brings a file back that was deleted elsewhere, when mine is kept', async () => {
    const { server, documents, document } = await opened();
    server.gone = true;
    document.changed(() => 'mine\n');
    await documents.save(document);
    expect(document.conflict()).toEqual({ etag: '', text: null });
    await documents.keepMine(document);
    expect([server.gone, server.text]).toEqual([false, 'mine\n']);
  });

  it('loads a change of the server where nothing was typed', async () => {
    const { server, document, files } = await opened();
    [server.text, server.version] = ['newer\n', 9];
    files.set([{ path: 'a.py', size: 6, mode: 0o644, mtime: '', sha256: '9' }]);
    TestBed.tick();
    await Promise.resolve();
    await Promise.resolve();
    expect(document.text).toBe('newer\n');
  });

  it('keeps a tab whose text could not be saved', async () => {
    const { server, documents, document } = await opened();
    server.write = () => Promise.reject(new RequestError('The disk is full.', 507, 'disk.full'));
    document.changed(() => 'mine\n');
    await documents.close(document);
    expect([documents.active(), document.saveError()]).toEqual([document, 'The disk is full.']);
  });

  it('keeps a draft of what is typed, until it is saved', async () => {
    jest.useFakeTimers();
    try {
      const { documents, document, drafts } = await opened();
      document.changed(() => 'half a thought');
      TestBed.tick();
      await jest.advanceTimersByTimeAsync(300);
      expect(drafts.rows.get('a.py')).toEqual({ text: 'half a thought', etag: '"1"' });
      await documents.saveAll();
      await jest.advanceTimersByTimeAsync(0);
      expect(drafts.rows.size).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes on with a draft, which can be saved or given up', async () => {
    const drafts = new DraftTable();
    drafts.rows.set('a.py', { text: 'half a thought', etag: '"1"' });
    const { document, server } = await opened(drafts);
    expect([document.text, document.dirty(), document.restored(), document.conflict()]).toEqual([
      'half a thought',
      true,
      true,
      null,
    ]);
    document.revert();
    expect([document.text, document.dirty(), document.restored(), server.text]).toEqual([
      'print(1)\n',
      false,
      false,
      'print(1)\n',
    ]);
  });

  it('lets choose between a draft and what was saved elsewhere since', async () => {
    const drafts = new DraftTable();
    drafts.rows.set('a.py', { text: 'mine\n', etag: '"1"' });
    const { document, documents, server } = await opened(
      drafts,
      (files) => ([files.text, files.version] = ['theirs\n', 4]),
    );
    expect([document.text, document.conflict()]).toEqual(['mine\n', { etag: '"4"', text: 'theirs\n' }]);
    await documents.keepMine(document);
    expect(server.text).toBe('mine\n');
  });

  it('opens a draft whose file was deleted meanwhile', async () => {
    const drafts = new DraftTable();
    drafts.rows.set('a.py', { text: 'mine\n', etag: '"1"' });
    const { document } = await opened(drafts, (files) => void (files.gone = true));
    expect([document.text, document.conflict()]).toEqual(['mine\n', { etag: '', text: null }]);
  });

  it('puts a tab elsewhere', async () => {
    const { documents, document } = await opened();
    await documents.open('b.py');
    await documents.open('c.py');
    documents.reorder(document, 2);
    expect(documents.documents().map(({ path }) => path())).toEqual(['b.py', 'c.py', 'a.py']);
    documents.reorder(document, -1);
    expect(documents.documents()[0]).toBe(document);
  });
});
