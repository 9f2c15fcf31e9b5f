import { lstatSync, lutimesSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AttemptRef, Leftover, Manifest, ManifestEntry, RunSpec } from '@mle/protocol';
import { ManifestSchema } from '@mle/protocol';
import { makeFolders } from '../../base/folders.js';
import { OpenFolder } from '../../base/open-folder.js';
import { PrepareError } from '../../base/prepare-error.js';
import { attemptKey } from '../../journal/attempt-key.js';
import type { Identity, RunUser } from '../../machine/identity/identity.js';
import { findLeftovers } from '../leftover-scan.js';
import type { BlobCache } from './blob-cache.js';
import type { BlobFetcher } from './blob-fetcher.js';
import type { BlobKeeper } from './blob-keeper.js';
import { ContainedTree } from './contained-tree.js';
import { giveFolder } from './folder-gift.js';
import { inTurns } from './in-turns.js';
import type { ProgressReport } from './placement.js';
import { Placement } from './placement.js';
import { removeInTurns } from './tree-removal.js';
import { WorkspaceIndex } from './workspace-index.js';

const INDEXES_KEPT = 8;
const MANIFESTS_KEPT = 8;
/** It is in the cache; where it was lost, there is no time to fetch it again. */
const MANIFEST_MS = 5_000;
/** Kept when a run starts clean. */
const DATA_FOLDER = 'data';

export interface PreparedPlaces {
  workspace: string;
  outputDir: string;
  cacheDir: string;
  /** Null: the worker's own. */
  home: string | null;
  /** Of the snapshot. */
  files: ManifestEntry[];
}

/** One workspace per project and slot, restored before each run. */
export class Workspaces {
  private readonly manifests = new Map<string, Manifest>();
  /** This worker alone writes them. */
  private readonly indexes = new Map<string, WorkspaceIndex>();

  constructor(
    private readonly identity: Identity,
    private readonly cache: BlobCache,
    private readonly fetcher: BlobFetcher,
    private readonly keeper: BlobKeeper,
  ) {}

  /** Makes the workspace what the snapshot says. Throws `PrepareError`, or the signal's reason. */
  async prepare(
    spec: RunSpec,
    slot: number,
    user: RunUser,
    report: (progress: ProgressReport) => void,
    signal: AbortSignal,
  ): Promise<PreparedPlaces> {
    const ref: AttemptRef = { runId: spec.runId, attempt: spec.attempt };
    const indexPath = join(this.identity.root, 'workspaces', spec.projectId, `${slot}.index.json`);
    const places = await this.makePlaces(spec, slot, user);
    this.keep(spec);
    const [manifest, index] = await Promise.all([this.manifest(ref, spec.snapshotId, signal), this.index(indexPath)]);
    this.keeper.keep(attemptKey(spec), [spec.snapshotId, ...manifest.files.map(({ sha256 }) => sha256)]);
    const tree = this.tree(spec.projectId, slot);
    const wanted = new Set(manifest.files.map(({ path }) => path));
    let changed = false;
    try {
      for (const path of index.paths()) {
        if (wanted.has(path)) continue;
        tree.remove(path);
        index.forget(path);
        changed = true;
      }
      if (spec.clean) await tree.clean(wanted, [DATA_FOLDER]);
      const due = await this.due(manifest, index, tree);
      if (due.length > 0) {
        changed = true;
        await new Placement(this.cache, this.fetcher, { tree, index, report }, manifest, due).run(ref, signal);
      }
    } finally {
      tree.close();
      if (changed) await index.save();
    }
    if (changed) void this.keeper.prune();
    return { ...places, files: manifest.files };
  }

  /** What the run left beside its outputs; `since`: when it began, by the clock of the file system. */
  async leftovers(spec: RunSpec, slot: number, since: number): Promise<{ items: Leftover[]; truncated: boolean }> {
    const manifest = await this.manifest(spec, spec.snapshotId, AbortSignal.timeout(MANIFEST_MS));
    const workspace = this.workspace(spec.projectId, slot);
    return findLeftovers(workspace, new Set(manifest.files.map(({ path }) => path)), since, this.uidOf(workspace));
  }

  async dropOutputs(ref: AttemptRef): Promise<void> {
    await drop(this.outputs(ref));
  }

  /** Keeps the list of the run's files for its end. */
  keep(spec: RunSpec): void {
    this.keeper.keep(attemptKey(spec), [spec.snapshotId]);
  }

  /** The attempt is over: nothing in the cache is kept for it, and the home that a clean run had for itself goes. */
  async release(spec: RunSpec): Promise<void> {
    this.keeper.release(attemptKey(spec));
    if (this.identity.isolated && spec.clean) await drop(this.cleanHome(spec));
  }

  /** The folder of an attempt's artifacts. */
  outputs(ref: AttemptRef): string {
    return join(this.identity.root, 'outputs', attemptKey(ref));
  }

  /** The folder that runs of the project find themselves in. */
  workspace(projectId: string, slot: number): string {
    return join(this.identity.root, 'workspaces', projectId, String(slot));
  }

  /** The same as a tree to change. */
  tree(projectId: string, slot: number): ContainedTree {
    const workspace = this.workspace(projectId, slot);
    const uid = this.uidOf(workspace);
    return new ContainedTree(workspace, uid === null ? null : { uid, gid: uid });
  }

  /** To whom the folder was given. Null: nobody, it is the worker's own or not there. */
  uidOf(folder: string): number | null {
    return this.identity.isolated ? (lstatSync(folder, { throwIfNoEntry: false })?.uid ?? null) : null;
  }

  /** The slots in which runs of the project were, the last one first. */
  slotsOf(projectId: string): number[] {
    const folder = join(this.identity.root, 'caches', projectId);
    const used = (slot: string): number => statSync(join(folder, slot), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return slotFolders(folder)
      .map((slot) => ({ slot: Number(slot), at: used(slot) }))
      .sort((a, b) => b.at - a.at)
      .map(({ slot }) => slot);
  }

  private cleanHome(ref: AttemptRef): string {
    return join(this.identity.root, 'homes', 'clean', attemptKey(ref));
  }

  /** At once, like `inTurns`: most often all but one are there. */
  private async makePlaces(spec: RunSpec, slot: number, user: RunUser): Promise<Omit<PreparedPlaces, 'files'>> {
    const { root, isolated } = this.identity;
    const places = {
      workspace: this.workspace(spec.projectId, slot),
      outputDir: this.outputs(spec),
      cacheDir: join(root, 'caches', spec.projectId, String(slot)),
      home: isolated && spec.clean ? this.cleanHome(spec) : user.home,
    };
    const { workspace, outputDir, cacheDir, home } = places;
    for (const folder of [workspace, outputDir, cacheDir, home]) {
      if (folder === null) continue;
      makeFolders(root, dirname(folder), isolated ? 0o711 : 0o700);
      try {
        mkdirSync(folder, { mode: 0o700 });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      if (user.uid !== null) await giveFolder(folder, user.uid);
    }
    // Its time says when the slot was used: see `slotsOf`.
    const now = new Date();
    lutimesSync(cacheDir, now, now);
    return places;
  }

  private async manifest(ref: AttemptRef, snapshotId: string, signal: AbortSignal): Promise<Manifest> {
    const known = this.manifests.get(snapshotId);
    if (known !== undefined) return known;
    const parsed = ManifestSchema.safeParse(
      JSON.parse((await this.fetcher.read(ref, snapshotId, signal)).toString('utf8')),
    );
    if (!parsed.success)
      throw new PrepareError(
        `The list of the project's files is wrong: ${parsed.error.issues[0]?.message ?? 'it cannot be read'}`,
      );
    this.manifests.set(snapshotId, parsed.data);
    forgetOldest(this.manifests, MANIFESTS_KEPT);
    return parsed.data;
  }

  private async index(path: string): Promise<WorkspaceIndex> {
    const index = this.indexes.get(path) ?? (await WorkspaceIndex.load(path));
    this.indexes.delete(path);
    this.indexes.set(path, index);
    forgetOldest(this.indexes, INDEXES_KEPT);
    return index;
  }

  private async due(manifest: Manifest, index: WorkspaceIndex, tree: ContainedTree): Promise<ManifestEntry[]> {
    const due: ManifestEntry[] = [];
    const real = await tree.realFolders(manifest.files.map(({ path }) => path));
    await inTurns(manifest.files, (entry) => {
      // The manifest's schema has checked the paths, and nothing is changed here.
      if (!real.has(dirname(entry.path)) || !index.isCurrent(entry, `${tree.root}/${entry.path}`)) due.push(entry);
    });
    return due;
  }
}

async function drop(folder: string): Promise<void> {
  // Most runs leave it empty.
  try {
    rmdirSync(folder);
  } catch {
    const parent = OpenFolder.open(dirname(folder));
    try {
      await removeInTurns(parent, basename(folder));
    } finally {
      parent.close();
    }
  }
}

function slotFolders(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function forgetOldest(map: Map<string, unknown>, keep: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= keep) return;
    map.delete(oldest);
  }
}
