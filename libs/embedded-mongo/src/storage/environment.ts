import { type Database, open, type RootDatabase } from 'lmdb';

/** A keyed table of bytes, in key order. */
export type Table = Database<Buffer, Buffer>;

/** How the environment is kept on disk. */
export interface StorageOptions {
  path: string;
  /** False leaves writing back to the system: a killed process loses nothing, a power cut may. */
  fsync: boolean;
}

interface QueuedWrite {
  work: () => unknown;
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
}

const SYNCHRONOUS_COMMIT = 2;
const NO_SYNC_FLUSH = 0x10000;
/** A group commit ends after so many writes, so that readers get their turn. */
const GROUP_LIMIT = 256;
const GROUP_MILLISECONDS = 8;

/**
 * An error that ends one write but leaves the others of its group untouched: it was thrown before anything was written.
 */
export class RefusedWrite extends Error {}

/** The LMDB environment: three tables and one queue of writes that are committed in groups. */
export class Storage {
  readonly documents: Table;
  readonly indexes: Table;
  readonly catalog: Table;
  /** Called when a commit failed, so that whatever was cached from it is read again. */
  onAbort: () => void = () => undefined;
  private readonly root: RootDatabase<Buffer, Buffer>;
  private readonly queue: QueuedWrite[] = [];
  private readonly commitFlags: number;
  private scheduled = false;
  private closing = false;

  constructor(options: StorageOptions) {
    const encoding = { keyEncoding: 'binary', encoding: 'binary' } as const;
    // Every commit is synced by LMDB itself; overlapping syncs only serve lmdb-js' own writer thread, which is not
    // used.
    this.root = open<Buffer, Buffer>({
      path: options.path,
      ...encoding,
      overlappingSync: false,
      maxDbs: 3,
      noMemInit: false,
    });
    this.documents = this.root.openDB({ name: 'documents', ...encoding });
    this.indexes = this.root.openDB({ name: 'indexes', ...encoding });
    this.catalog = this.root.openDB({ name: 'catalog', ...encoding });
    this.commitFlags = options.fsync ? SYNCHRONOUS_COMMIT : SYNCHRONOUS_COMMIT | NO_SYNC_FLUSH;
  }

  /**
   * Runs `work` inside a write transaction and resolves after the commit. All work of one turn of the event loop shares
   * a commit, one after the other, so that each sees what the earlier ones wrote. `work` may run twice: when the shared
   * commit fails, each is tried alone.
   */
  write<T>(work: () => T): Promise<T> {
    if (this.closing) return Promise.reject(new Error('The store is shutting down'));
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ work, resolve, reject });
      this.schedule();
    });
  }

  /** Waits for queued writes, then closes the environment. */
  async close(): Promise<void> {
    this.closing = true;
    while (this.queue.length > 0) this.commitGroup();
    await this.root.close();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commitGroup();
      if (this.queue.length > 0) this.schedule();
    });
  }

  private commitGroup(): void {
    const settled: (() => void)[] = [];
    const group: QueuedWrite[] = [];
    const deadline = performance.now() + GROUP_MILLISECONDS;
    try {
      this.root.transactionSync(() => {
        while (group.length < GROUP_LIMIT && (group.length === 0 || performance.now() < deadline)) {
          const write = this.queue.shift();
          if (write === undefined) return;
          group.push(write);
          settled.push(run(write));
        }
      }, this.commitFlags);
      for (const settle of settled) settle();
    } catch (error) {
      this.onAbort();
      if (group.length === 1) group[0]?.reject(error);
      else for (const write of group) this.commitAlone(write);
    }
  }

  private commitAlone(write: QueuedWrite): void {
    try {
      let settle: (() => void) | null = null;
      this.root.transactionSync(() => {
        settle = run(write);
      }, this.commitFlags);
      (settle as (() => void) | null)?.();
    } catch (error) {
      this.onAbort();
      write.reject(error);
    }
  }
}

function run({ work, resolve, reject }: QueuedWrite): () => void {
  try {
    const value = work();
    return () => resolve(value as never);
  } catch (error) {
    if (error instanceof RefusedWrite) return () => reject(error);
    throw error;
  }
}
