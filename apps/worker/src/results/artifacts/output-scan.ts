import type { Dirent, Stats } from 'node:fs';
import { realpathSync } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { DroppedArtifact } from '@mle/protocol';
import { LIMITS, projectPathError } from '@mle/protocol';
import type { Trace } from './own-file.js';
import { traceOf } from './own-file.js';

/** Beyond what can be kept or listed nothing is looked at. */
const ENTRIES = LIMITS.artifactFiles + LIMITS.artifactsDropped;

export interface ScannedFile extends Trace {
  /** The file itself, also where the path is a link to it. */
  real: string;
}

export interface OutputScan {
  /** The real path of the folder. */
  root: string;
  /** By the path below the folder. */
  files: Map<string, ScannedFile>;
  /** What cannot be an artifact whatever it holds. */
  refused: DroppedArtifact[];
}

/** The files of an output folder as they are now. Links are followed to files of the folder only. */
export async function scanOutputs(folder: string): Promise<OutputScan> {
  const scan: OutputScan = { root: realOf(folder), files: new Map(), refused: [] };
  await visit(scan, '');
  return scan;
}

function realOf(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

async function visit(scan: OutputScan, folder: string): Promise<void> {
  const entries = await readdir(join(scan.root, folder), { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    if (scan.files.size + scan.refused.length >= ENTRIES) {
      scan.refused.push({
        path: '…',
        size: 0,
        reason: `The folder holds more than ${ENTRIES} files: the rest is not looked at.`,
      });
      return;
    }
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      await visit(scan, path);
      if (scan.refused.at(-1)?.path === '…') return;
      continue;
    }
    const there = await lstat(join(scan.root, path)).catch(() => null);
    if (there !== null) await look(scan, path, there);
  }
}

async function look(scan: OutputScan, path: string, there: Stats): Promise<void> {
  const refuse = (reason: string): void =>
    void scan.refused.push({ path: path.slice(0, 4096), size: there.size, reason });
  const nameError = path.includes('\uFFFD') ? 'Its name is not valid UTF-8.' : projectPathError(path);
  if (nameError !== null) return refuse(nameError);
  if (there.isFile()) {
    scan.files.set(path, { ...traceOf(there), real: join(scan.root, path) });
    return;
  }
  if (!there.isSymbolicLink()) return refuse('It is no regular file.');
  const real = await realpath(join(scan.root, path)).catch(() => null);
  if (real === null) return refuse('It is a link to a file that does not exist.');
  if (!real.startsWith(scan.root + sep)) return refuse('It is a link out of the folder.');
  const target = await stat(real).catch(() => null);
  if (target?.isFile() === true) scan.files.set(path, { ...traceOf(target), real });
  else refuse('It is a link to a folder.');
}
