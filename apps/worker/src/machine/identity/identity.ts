import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { dataDirHash } from '../../base/data-dir-hash.js';
import { makeFolder } from '../../base/folders.js';
import type { Logger } from '../../base/logger.js';

/** Where runs live and as whom. */
export interface Identity {
  /** Runs get a uid of their own. */
  isolated: boolean;
  /** Null: the worker's own. */
  uidOf: (slot: number) => number | null;
  /** What the user of a slot's runs is called: for USER and LOGNAME. */
  nameOf: (slot: number) => string;
  /** The folder of workspaces, caches and outputs. */
  root: string;
  /** PATH of the runs: what they can search. */
  path: string;
}

/** Uids of the workers on one computer are apart: blocks of 64, one per slot, above those that a system gives. */
const FIRST_UID = 0x1000_0000;
const SLOTS = 64;
/** For a folder that never answers, as one of a network may. */
const ANSWER_MS = 10_000;
const ELSEWHERE = ['/var/lib/mle-worker', '/var/tmp/mle-worker'];

interface Wish {
  dataDir: string;
  path: string;
  isolate: boolean;
}

/** Finds out whether runs can have uids of their own here: tried, not guessed. */
export function establishIdentity(wish: Wish, log: Logger): Identity {
  const own = join(wish.dataDir, 'runs');
  const plain = (): Identity => {
    makeFolder(own, 0o700);
    return { isolated: false, uidOf: () => null, nameOf: ownName, root: own, path: wish.path };
  };
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return plain();
  if (!wish.isolate) {
    log.warn('Runs are not isolated, as asked: they run as root.');
    return plain();
  }
  const base = FIRST_UID + Number.parseInt(dataDirHash(wish.dataDir).slice(0, 6), 16) * SLOTS;
  const path = reachable(base, wish.path.split(delimiter)).join(delimiter);
  if (
    !runsAs(base, ['/bin/sh', '-c', 'python3 --version'], path) &&
    spawnSync('python3', ['--version'], { env: { PATH: wish.path } }).status === 0
  ) {
    log.warn(
      'Runs are not isolated: python3 is not reachable for another user than root. Install the python3 package of the system.',
    );
    return plain();
  }
  const root = reachableRoot(own, wish.dataDir, base);
  if (root === null) {
    log.warn('Runs are not isolated: no folder for their files is reachable for another user than root.');
    return plain();
  }
  return { isolated: true, uidOf: (slot) => base + (slot % SLOTS), nameOf: (slot) => `mle${slot}`, root, path };
}

/** A user without an entry in the list of users has none. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'mle';
  }
}

/** The data directory is closed to runs; only the way to their own folders is open. */
function reachableRoot(own: string, dataDir: string, uid: number): string | null {
  makeFolder(own, 0o711);
  chmodSync(dataDir, 0o711);
  if (runsAs(uid, ['/bin/sh', '-c', 'cd "$1"', 'sh', own], '/bin')) return own;
  chmodSync(dataDir, 0o700);
  for (const parent of ELSEWHERE) {
    try {
      const root = join(parent, dataDirHash(dataDir));
      makeFolder(parent, 0o711);
      sweep(parent);
      makeFolder(root, 0o711);
      writeFileSync(join(root, 'owner'), dataDir, { mode: 0o600 });
      if (runsAs(uid, ['/bin/sh', '-c', 'cd "$1"', 'sh', root], '/bin')) return root;
    } catch {
      // A read-only system folder: the next one is tried.
    }
  }
  return null;
}

/** Removes the folders of the runs of a data directory that is gone; `hash` was taken while it was there. */
export function removeRunFolders(hash: string): void {
  for (const parent of ELSEWHERE) rmSync(join(parent, hash), { recursive: true, force: true });
}

/** Removes what workers left whose data directory is gone. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const owner = join(parent, name, 'owner');
    if (existsSync(owner) && !existsSync(readFileSync(owner, 'utf8')))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** Those of the folders that the user can search: asked in one process, as the start of each takes its time. */
function reachable(uid: number, folders: string[]): string[] {
  const absolute = folders.filter((folder) => folder.startsWith('/'));
  const script = 'for folder; do cd "$folder" && printf "%s\\0" "$folder"; done';
  const { stdout } = spawnSync('/bin/sh', ['-c', script, 'sh', ...absolute], {
    ...asUser(uid, '/bin'),
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return stdout.split('\0').filter((folder) => folder !== '');
}

function runsAs(uid: number, [file, ...args]: [string, ...string[]], path: string): boolean {
  return spawnSync(file, args, { ...asUser(uid, path), stdio: 'ignore' }).status === 0;
}

const asUser = (uid: number, path: string) => ({ uid, gid: uid, cwd: '/', env: { PATH: path }, timeout: ANSWER_MS });
