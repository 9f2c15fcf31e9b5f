import { mkdirSync } from 'node:fs';
import { Authentication } from './commands/authentication.js';
import { CursorStore } from './commands/cursor-store.js';
import { Dispatcher } from './commands/dispatcher.js';
import { Databases } from './engine/database.js';
import { removeExpired } from './engine/expiry.js';
import { lockDataDirectory } from './storage/data-lock.js';
import { Storage } from './storage/environment.js';
import { SocketServer } from './wire/socket-server.js';

/** How a store is started. */
export interface StoreOptions {
  socket: string;
  data: string;
  /** What every connection has to show first. */
  secret: string;
  fsync: boolean;
  ttlSeconds: number;
  report: (error: unknown) => void;
}

/** A running store. */
export interface Store {
  /** Finishes what is being written, closes all connections and releases the directory. */
  close(): Promise<void>;
}

const IDLE_CHECK_MILLISECONDS = 30_000;

/** Opens the data directory and listens. */
export async function startStore(options: StoreOptions): Promise<Store> {
  mkdirSync(options.data, { recursive: true, mode: 0o700 });
  const unlock = lockDataDirectory(options.data);
  try {
    const storage = new Storage({ path: options.data, fsync: options.fsync });
    const databases = new Databases(storage);
    const cursors = new CursorStore();
    const server = new SocketServer(
      options.socket,
      new Dispatcher(databases, cursors, new Authentication(options.secret), options.report),
    );
    await server.listen();
    const expiry = repeat(() => removeExpired(databases), options.ttlSeconds * 1000, options.report);
    const idle = setInterval(() => cursors.removeIdle(), IDLE_CHECK_MILLISECONDS);
    databases.removeDropped().catch(options.report);
    return {
      async close(): Promise<void> {
        clearInterval(idle);
        await server.close();
        await expiry.stop();
        await storage.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Runs again and again with a pause in between, never twice at a time. */
function repeat(
  work: () => Promise<void>,
  milliseconds: number,
  report: (error: unknown) => void,
): { stop: () => Promise<void> } {
  let running = Promise.resolve();
  let timer = setTimeout(run, milliseconds);
  let stopped = false;
  function run(): void {
    running = work()
      .catch(report)
      .then(() => {
        if (!stopped) timer = setTimeout(run, milliseconds);
      });
  }
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
