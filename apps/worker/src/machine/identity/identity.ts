import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { RunSpec } from '@mle/protocol';
import { dataDirHash } from '../../base/data-dir-hash.js';
import { makeFolder } from '../../base/folders.js';
import type { Logger } from '../../base/logger.js';
import { ownerOf } from './run-owner.js';
import { UserTable } from './user-table.js';

/** As whom a run runs. */
export interface RunUser {
  /** Null: the worker's own. */
  uid: number | null;
  /** For USER and LOGNAME. */
  name: string;
  /** Kept between the runs of an owner in a slot; null: the worker's own. */
  home: string | null;
}

/** Where runs live and as whom. */
export interface Identity {
  /** Runs get a uid of their own. */
  isolated: boolean;
  /** As whom a run runs in a slot. Throws `PrepareError` where no user id is left. */
  userOf: (spec: RunSpec, slot: number) => RunUser;
  /** The folder of workspaces, caches and outputs. */
  root: string;
  /** PATH of the runs: what they can search. */
  path: string;
}

/**
 * Uids of the workers on one computer are apart: each has a block of 8192, above those that a system gives and above
 * 0x1000_0000 to 0x4fff_ffff, where each slot had one whoever ran in it.
 */
const FIRST_UID = 0x5000_0000;
const USERS = 8192;
const BLOCK_DIGITS = 4;
/** All that runs ever had. */
const RUN_UIDS = { from: 0x1000_0000, to: 0x6fff_ffff };
/** For a folder that never answers, as one of a network may. */
const ANSWER_MS = 10_000;
const ELSEWHERE = ['/var/lib/mle-worker', '/var/tmp/mle-worker'];

interface Wish {
  dataDir: string;
  path: string;
  isolate: boolean;
}

/** Whether it is worth trying. */
export function mayIsolate(wanted: boolean): boolean {
  return wanted && process.platform === 'linux' && process.getuid?.() === 0;
}

/** Finds out whether runs can have uids of their own here: tried, not guessed. */
export function establishIdentity(wish: Wish, log: Logger): Identity {
  const own = join(wish.dataDir, 'runs');
  const plain = (): Identity => {
    makeFolder(own, 0o700);
    return { isolated: false, userOf: () => ({ uid: null, name: ownName(), home: null }), root: own, path: wish.path };
  };
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return plain();
  if (!wish.isolate) {
    log.warn('Runs are not isolated, as asked: they run as root.');
    return plain();
  }
  const base = FIRST_UID + Number.parseInt(dataDirHash(wish.dataDir).slice(0, BLOCK_DIGITS), 16) * USERS;
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
  const table = UserTable.load(join(wish.dataDir, 'users.json'), USERS);
  const userOf = (spec: RunSpec, slot: number): RunUser => {
    const owner = ownerOf(spec);
    const place = table.placeOf(owner, slot);
    return { uid: base + place, name: `mle${place}`, home: join(root, 'homes', owner, String(slot)) };
  };
  return { isolated: true, userOf, root, path };
}

/** Whether nobody but runs has this user id: all its processes may be killed with a run. */
export function isRunUid(uid: number): boolean {
  return uid >= RUN_UIDS.from && uid <= RUN_UIDS.to;
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
