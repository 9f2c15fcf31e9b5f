import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { realpathSync } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { DroppedArtifact } from '@mle/protocol';
import { LIMITS, projectPathError } from '@mle/protocol';
import { OpenFolder } from '../../base/open-folder.js';
import type { Trace } from './own-file.js';
import { traceOf } from './own-file.js';

/** Beyond what can be kept or listed nothing is looked at. */
const ENTRIES = LIMITS.artifactFiles + LIMITS.artifactsDropped;

export interface ScannedFile extends Trace {
  /** The file itself, also where the path is a link to it. */
  real: string;
  /** Made by the worker for the run, and not by its program. */
  own?: true;
}

export interface OutputScan {
  /** The real path of the folder. */
  root: string;
  /** By the path below the folder. */
  files: Map<string, ScannedFile>;
  /** What cannot be an artifact whatever it holds. */
  refused: DroppedArtifact[];
}

/** Before the names of pictures that the worker took from event files. */
const PICTURES = 'tensorboard';

/** The files of an output folder, and pictures from event files beside them where it has none of that name. */
export async function scanResults(folder: string, pictures: string): Promise<OutputScan> {
  const scan = await scanOutputs(folder);
  for (const [path, file] of (await scanOutputs(pictures)).files) {
    const shown = `${PICTURES}/${path}`;
    if (!scan.files.has(shown)) scan.files.set(shown, { ...file, own: true });
  }
  return scan;
}

/** The files of an output folder as they are now. Links are followed to files of the folder only. */
export async function scanOutputs(folder: string): Promise<OutputScan> {
  const scan: OutputScan = { root: realOf(folder), files: new Map(), refused: [] };
  const top = opened(() => OpenFolder.open(scan.root));
  if (top !== null) await visit(scan, top, '');
  return scan;
}

function realOf(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

/** Closes the folder. */
async function visit(scan: OutputScan, here: OpenFolder, folder: string): Promise<void> {
  try {
    for (const entry of here.entriesOrNone()) {
      if (scan.files.size + scan.refused.length >= ENTRIES) {
        scan.refused.push({
          path: '…',
          size: 0,
          reason: `The folder holds more than ${ENTRIES} files: the rest is not looked at.`,
        });
        return;
      }
      await visitEntry(scan, here, folder, entry.name);
      if (scan.refused.at(-1)?.path === '…') return;
    }
  } finally {
    here.close();
  }
}

async function visitEntry(scan: OutputScan, here: OpenFolder, folder: string, entry: Buffer): Promise<void> {
  const name = isUtf8(entry) ? entry.toString() : escaped(entry);
  const path = folder === '' ? name : `${folder}/${name}`;
  const there = await lstat(here.at(entry)).catch(() => null);
  if (there === null) return;
  if (!isUtf8(entry)) return refuse(scan, path, there.isFile() ? there.size : 0, 'Its name is not valid UTF-8.');
  if (!there.isDirectory()) return look(scan, path, there);
  // Nothing in it could be kept, and each open folder costs a descriptor.
  if (Buffer.byteLength(path) > LIMITS.pathBytes) return refuse(scan, path, 0, 'It lies too deep.');
  const inner = opened(() => here.folder(name));
  if (inner !== null) await visit(scan, inner, path);
}

/** Null where it is no folder any more. */
function opened(open: () => OpenFolder): OpenFolder | null {
  try {
    return open();
  } catch {
    return null;
  }
}

async function look(scan: OutputScan, path: string, there: Stats): Promise<void> {
  const drop = (reason: string): void => refuse(scan, path, there.size, reason);
  const nameError = projectPathError(path);
  if (nameError !== null) return drop(nameError);
  if (there.isFile()) {
    scan.files.set(path, { ...traceOf(there), real: join(scan.root, path) });
    return;
  }
  if (!there.isSymbolicLink()) return drop('It is no regular file.');
  const real = await realpath(join(scan.root, path)).catch(() => null);
  if (real === null) return drop('It is a link to a file that does not exist.');
  if (!real.startsWith(scan.root + sep)) return drop('It is a link out of the folder.');
  const target = await stat(real).catch(() => null);
  if (target?.isFile() === true) scan.files.set(path, { ...traceOf(target), real });
  else drop('It is a link to a folder.');
}

function refuse(scan: OutputScan, path: string, size: number, reason: string): void {
  scan.refused.push({ path: path.slice(0, 4096), size, reason });
}

/** Printable ASCII as it is, each other byte as `\xNN`. */
function escaped(name: Buffer): string {
  return [...name]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}
