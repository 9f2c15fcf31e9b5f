import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lutimes, mkdir, readFile, readlink, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestEntry, RunSpec } from '@mle/protocol';
import { makeFolders } from '../../base/folders.js';
import type { Logger } from '../../base/logger.js';
import { PrepareError } from '../../base/prepare-error.js';
import { attemptKey } from '../../journal/attempt-key.js';
import type { JournalEntry } from '../../journal/journal.js';
import { FILES } from '../../journal/records.js';
import type { Identity, RunUser } from '../../machine/identity/identity.js';
import { ownerOf } from '../../machine/identity/run-owner.js';
import type { BlobCache } from '../sync/blob-cache.js';
import type { BuildPlaces, RunStep } from './environment-builder.js';
import { EnvironmentBuilder } from './environment-builder.js';
import { prune } from './environment-pruning.js';
import { giveTo, takeAndClose, takeForReading } from './owning.js';
import { findPython } from './python.js';
import { readRequirements } from './requirements.js';

/** What a run brings to its set-up. */
interface SetupWish {
  spec: RunSpec;
  user: RunUser;
  files: ManifestEntry[];
  workspace: string;
  env: Record<string, string>;
  step: RunStep;
  /** Called each time that it has to wait, or begins to build. */
  tell: (text: string) => Promise<void>;
  /** Of the attempt in the journal, where the environment that it uses is noted. */
  journal: string;
  signal: AbortSignal;
}

/**
 * Python environments by what is in them, shared by the runs of one owner. A folder is built under its final name,
 * because scripts in it name their interpreter by its path; what completes it is the link `<key>`, made at once.
 * Once complete it belongs to the worker: no run may write to what another run will use.
 */
export class Environments {
  private readonly root: string;
  private readonly built: string;
  private readonly building = new Set<string>();
  /** By the attempts that use them. */
  private readonly used = new Map<string, string>();
  /** One build of each owner at a time: they share the cache of pip. */
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly identity: Identity,
    private readonly blobs: BlobCache,
    private readonly log: Logger,
  ) {
    this.root = join(identity.root, 'environments');
    this.built = join(this.root, 'built');
  }

  /** After a start of the worker: programs of the one before may still use theirs. */
  async restore(entries: JournalEntry[]): Promise<void> {
    for (const { ref, folder } of entries) {
      const used = await readFile(join(folder, FILES.environment), 'utf8').catch(() => null);
      if (used !== null) this.used.set(attemptKey(ref), used);
    }
    void this.tidy();
  }

  /** The attempt is over. */
  release(key: string): void {
    this.used.delete(key);
  }

  /** The environment of the run's requirements.txt, or null where it needs none. Throws `PrepareError`. */
  async ensure(wish: SetupWish): Promise<string | null> {
    const { spec, user, files, signal } = wish;
    const requirements = readRequirements(files, (sha256) => this.text(sha256));
    if (requirements === null) return null;
    const python = await findPython(this.identity.path, user.uid);
    const owner = ownerOf(spec);
    const variables = Object.entries(spec.env).filter(
      ([name]) => name.startsWith('PIP_') || requirements.variables.includes(name),
    );
    const key = sha256(
      JSON.stringify([
        owner,
        python.version,
        python.executable,
        python.machine,
        requirements.parts,
        variables.sort(),
        requirements.tied ? wish.workspace : null,
      ]),
    );
    const ready = await this.find(key, wish);
    if (ready !== null) return ready;
    for (let other = this.turns.get(owner), told = false; other !== undefined; other = this.turns.get(owner)) {
      if (!told) await wish.tell('Another run installs packages on this machine. This one waits for it.\n');
      told = true;
      await Promise.race([other, aborted(signal)]);
      signal.throwIfAborted();
    }
    const turn = this.findOrBuild(key, owner, wish, new EnvironmentBuilder(python, wish.step));
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.turns.set(owner, settled);
    void settled.then(() => {
      if (this.turns.get(owner) === settled) this.turns.delete(owner);
    });
    return turn;
  }

  private text(sha256: string): string {
    const bytes = this.blobs.read(sha256);
    if (bytes === null)
      throw new PrepareError('The requirements of the project were damaged on the disk of this machine. Run it again.');
    return bytes.toString('utf8');
  }

  /** Removes what a worker before this one did not complete, and what was not used for long. */
  private async tidy(): Promise<void> {
    try {
      await prune(this.root, () => new Set([...this.used.values(), ...this.building]), this.log);
    } catch (error) {
      this.log.warn({ err: error }, 'Old Python environments could not be removed.');
    }
  }

  private async find(key: string, wish: SetupWish): Promise<string | null> {
    const link = join(this.root, key);
    const folder = await readlink(link).catch(() => null);
    // Without its Python, as after an update of the system, it is built anew.
    if (folder === null || !existsSync(join(folder, 'bin/python3'))) return null;
    await this.use(folder, wish);
    const now = new Date();
    await lutimes(link, now, now).catch(() => undefined);
    // It may have been pruned before it was in use.
    return existsSync(join(folder, 'bin/python3')) ? folder : null;
  }

  /** First in memory, at once: from here on it is not pruned. */
  private async use(folder: string, { spec, journal }: SetupWish): Promise<void> {
    this.used.set(attemptKey(spec), folder);
    await writeFile(join(journal, FILES.environment), folder, { mode: 0o600 });
  }

  private async findOrBuild(key: string, owner: string, wish: SetupWish, builder: EnvironmentBuilder): Promise<string> {
    // The run that this one waited for may have built the same.
    const ready = await this.find(key, wish);
    if (ready !== null) return ready;
    const name = randomBytes(9).toString('hex');
    const places = {
      folder: join(this.built, name),
      work: join(this.root, 'work', name),
      cache: join(this.root, 'pip', owner),
    };
    this.building.add(places.folder);
    try {
      await wish.tell('Installing the packages of requirements.txt.\n');
      await this.makePlaces(places, wish.user);
      await builder.build(places, wish.workspace, this.buildEnvironment(wish, places));
      await this.close(places);
      await this.complete(key, places.folder);
      await this.use(places.folder, wish);
      void this.tidy();
      return places.folder;
    } catch (error) {
      await this.drop(places.folder);
      throw error;
    } finally {
      this.building.delete(places.folder);
      await this.drop(places.work);
      if (this.identity.isolated && existsSync(places.cache)) await takeAndClose(places.cache);
    }
  }

  /** What a set-up whose supervisor was killed goes on writing is removed with the next tidying. */
  private async drop(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
      this.log.warn({ err: error, folder }, 'A folder of a set-up could not be removed.'),
    );
  }

  private async makePlaces({ folder, work, cache }: BuildPlaces, { uid }: RunUser): Promise<void> {
    const mode = uid === null ? 0o700 : 0o711;
    for (const parent of [this.root, this.built, join(this.root, 'work'), join(this.root, 'pip')])
      makeFolders(this.identity.root, parent, mode);
    for (const own of [folder, work, join(work, 'tmp'), join(work, 'home')]) await mkdir(own, { mode: 0o700 });
    if (uid === null) return;
    await mkdir(cache, { recursive: true, mode: 0o700 });
    for (const own of [work, folder, cache]) await giveTo(uid, own);
  }

  /** Where each run has a uid of its own, what an earlier one left in its home must not reach what others will use. */
  private buildEnvironment({ env, spec }: SetupWish, { folder, work, cache }: BuildPlaces): Record<string, string> {
    const own = { PIP_CACHE_DIR: cache, ...env, HOME: join(work, 'home') };
    return {
      ...(this.identity.isolated ? own : env),
      ...activated(env, folder),
      TMPDIR: spec.env['TMPDIR'] ?? join(work, 'tmp'),
      PIP_USER: '0',
    };
  }

  /** From here on runs read it and change nothing. Without uids of their own, runs are what the worker is. */
  private async close({ folder }: BuildPlaces): Promise<void> {
    if (this.identity.isolated) await takeForReading(folder);
  }

  private async complete(key: string, folder: string): Promise<void> {
    const link = join(this.root, key);
    const temporary = `${link}.tmp`;
    await unlink(temporary).catch(() => undefined);
    await symlink(folder, temporary);
    await rename(temporary, link);
  }
}

/** The variables of a run that uses the environment. */
export function activated(env: Record<string, string>, folder: string): Record<string, string> {
  return { VIRTUAL_ENV: folder, PATH: `${join(folder, 'bin')}:${env['PATH'] ?? ''}` };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
