import { mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { bootId } from '@mle/process/identity.mjs';
import { writeAtomic } from '../base/atomic-file.js';
import { readEnvironment } from '../base/config/environment.js';
import { dataDirHash } from '../base/data-dir-hash.js';
import { createLogger } from '../base/logger.js';
import { removeRunFolders } from '../machine/identity/identity.js';
import { FifoPool } from './fifo-pool.js';
import { recordPath, runtimeFolder, socketPath } from './paths.js';
import { processStartTime } from './process-hunt.js';
import { SupervisorServer } from './supervisor-server.js';
import { UserList } from './user-list.js';

/** Without a worker and without a run it ends by itself after this time. */
const IDLE_MS = 60_000;
const WATCH_MS = 500;

/**
 * The supervisor's process: it owns the programs and their output, and outlives the worker. It ends when it is told
 * to, when it is idle for a minute, or, with its runs, when its socket or its data directory is gone.
 */
export async function supervise(dataDirArgument: string, ownMounts: boolean): Promise<void> {
  const environment = readEnvironment();
  mkdirSync(join(dataDirArgument, 'attempts'), { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(dataDirArgument);
  const log = createLogger('supervisor', environment.logLevel);
  const hash = dataDirHash(dataDir);
  const folder = runtimeFolder(dataDir);
  const path = socketPath(folder);
  if (await answers(path)) {
    log.info({ path }, 'Another supervisor serves this data directory already.');
    return;
  }
  rmSync(path, { force: true });
  const pool = new FifoPool(folder);
  await pool.fill();

  const exit = (): void => {
    rmSync(recordPath(dataDir), { force: true });
    rmSync(folder, { recursive: true, force: true });
    if (inodeOf(dataDir) === null) removeRunFolders(hash);
    process.exit(0);
  };
  const server = new SupervisorServer(
    pool,
    { graceMs: environment.stopGraceMs, termMs: environment.stopTermMs },
    log,
    ownMounts ? new UserList(join(folder, 'passwd'), log) : null,
    exit,
  );
  const listener = createServer((socket) => server.accept(socket));
  await listen(listener, path);
  const inode = statSync(path).ino;
  await writeAtomic(
    recordPath(dataDir),
    JSON.stringify({ pid: process.pid, startTime: processStartTime(process.pid), bootId: bootId(), socket: path }),
  );

  let idleSince = performance.now();
  setInterval(() => {
    if (inodeOf(path) !== inode || inodeOf(dataDir) === null) {
      log.error({ path }, 'The socket or the data directory is gone: the runs are killed.');
      server.killAllAndEnd();
      return;
    }
    if (server.busy) idleSince = performance.now();
    else if (performance.now() - idleSince >= IDLE_MS) exit();
  }, WATCH_MS);

  // The runs are worth more than a clean end: what fails is one request or one run.
  process.on('uncaughtException', (error) =>
    log.fatal({ err: error }, 'Something failed in the supervisor. It goes on.'),
  );
  // It has no terminal; what is meant for the worker's terminal must not reach it.
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void server.stopAllAndEnd('the supervisor of the machine was told to end'));
  log.info({ path }, 'The supervisor is ready.');
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function inodeOf(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
}
