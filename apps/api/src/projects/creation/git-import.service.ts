import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FetchProgress, FILE_MODES, type ManifestEntry, projectPathError } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { badRequest, ProblemError, tooLarge } from '../../platform/http/problem.js';
import { leadsOutside } from '../files/link-target.js';
import { type GitAddress, gitAddress } from './git-address.js';
import { git, GitFailure } from './git-process.js';
import { gitEnvironment, gitSettings, SILENT_MS, urlOf } from './git-settings.js';
import type { Imported } from './imported.js';
import { isLfsPointer, LeftOut } from './left-out.js';
import { checkHead } from './unborn-head.js';

const CLONE_MS = 5 * 60_000;
const CLONE_BYTES = 4 * 1024 ** 3;
/** Of all users together; each may fetch one. */
const CLONES_AT_ONCE = 8;
const WATCH_MS = 500;
const LISTING_BYTES = 256 * 1024 * 1024;
/** Files from one word about the progress to the next. */
const STORED_STEP = 50;

type Tell = (phase: FetchProgress['phase'], part: number | null) => void;

/**
 * Fetches the newest commit of a repository. Nothing of it is executed: no hooks, no filters, no submodules, no links
 * that are followed.
 */
@Injectable()
export class GitImportService {
  /** The users for whom a repository is fetched. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly blobs: BlobsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Stores the files of a repository's default branch; `cancelled` ends it half-way. */
  async fetch(userId: string, gitUrl: string, tell: Tell, cancelled: AbortSignal): Promise<Imported> {
    if (this.underWay.has(userId)) throw busy('You are fetching a repository already. Wait for it, or cancel it.');
    if (this.underWay.size >= CLONES_AT_ONCE)
      throw busy('Other repositories are being fetched. Try again in a minute.');
    this.underWay.add(userId);
    try {
      const source = await gitAddress(gitUrl, this.config.gitPrivateHosts);
      return await this.fetchInto(source, tell, cancelled);
    } finally {
      this.underWay.delete(userId);
    }
  }

  private async fetchInto(source: GitAddress, tell: Tell, cancelled: AbortSignal): Promise<Imported> {
    const parent = join(this.config.dataDir, 'tmp');
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(parent, 'git-'));
    try {
      const tree = join(folder, 'tree');
      tell('connecting', null);
      await this.clone(source, folder, tree, tell, cancelled);
      await checkHead(source, folder, tree, cancelled);
      return await this.store(tree, folder, tell, cancelled);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async clone(
    source: GitAddress,
    folder: string,
    tree: string,
    tell: Tell,
    cancelled: AbortSignal,
  ): Promise<void> {
    const stop = new AbortController();
    const give = (problem: ProblemError): void => stop.abort(problem);
    const limit = setTimeout(() => give(timedOut()), CLONE_MS);
    let known = -1;
    let heardAt = performance.now();
    const watch = setInterval(() => {
      void folderBytes(folder).then((bytes) => {
        if (bytes !== known) heardAt = performance.now();
        known = bytes;
        if (bytes > CLONE_BYTES)
          give(tooLarge('git.too_large', `The repository is larger than the ${CLONE_BYTES} bytes allowed.`));
        if (performance.now() - heardAt > SILENT_MS) give(silent());
      });
    }, WATCH_MS);
    const args = [
      'clone',
      '--progress',
      '--depth=1',
      '--single-branch',
      '--no-tags',
      '--no-recurse-submodules',
      '--template=',
      '--',
      urlOf(source),
      tree,
    ];
    try {
      await git([...gitSettings(source), ...args], {
        env: gitEnvironment(source, folder),
        signal: AbortSignal.any([stop.signal, cancelled]),
        maxOutputBytes: LISTING_BYTES,
        onStderr: (text) => {
          heardAt = performance.now();
          const part = receivedPart(text);
          if (part !== null) tell('receiving', part);
        },
      });
    } catch (error) {
      checkWanted(cancelled);
      if (stop.signal.aborted) throw stop.signal.reason;
      throw error instanceof GitFailure ? cloneProblem(error) : error;
    } finally {
      clearTimeout(limit);
      clearInterval(watch);
    }
  }

  private async store(tree: string, folder: string, tell: Tell, cancelled: AbortSignal): Promise<Imported> {
    const listing = await git(['-C', tree, '-c', 'core.fsmonitor=false', 'ls-files', '--stage', '-z'], {
      env: gitEnvironment(null, folder),
      signal: cancelled,
      maxOutputBytes: LISTING_BYTES,
    });
    const entries: ManifestEntry[] = [];
    const leftOut = new LeftOut();
    const records = decodeNames(listing).split('\0').filter(Boolean);
    for (const [index, record] of records.entries()) {
      checkWanted(cancelled);
      if (index % STORED_STEP === 0) tell('storing', index / records.length);
      const [, mode, path] = /^(\d{6}) [0-9a-f]+ \d\t(.*)$/s.exec(record) ?? [];
      if (mode === undefined || path === undefined) continue;
      if (mode === '160000') {
        leftOut.add('submodule', path);
        continue;
      }
      if (entries.length >= this.config.maxProjectFiles)
        throw tooLarge('project.too_many_files', `A project holds at most ${this.config.maxProjectFiles} files.`);
      const entry = await this.storeFile(join(tree, path), path, mode, leftOut);
      if (entry) entries.push(entry);
    }
    checkWanted(cancelled);
    return { entries, notices: leftOut.sentences() };
  }

  private async storeFile(file: string, path: string, mode: string, leftOut: LeftOut): Promise<ManifestEntry | null> {
    const message = projectPathError(path);
    if (message !== null)
      throw badRequest(
        'git.path',
        `The repository has a file ${JSON.stringify(path)} that a project cannot have. ${message}`,
      );
    const { size } = await stat(file);
    if (mode === '120000' && leadsOutside(path, await readFile(file, 'utf8'))) {
      leftOut.add('link', path);
      return null;
    }
    if (await isLfsPointer(size, () => readFile(file, 'latin1'))) leftOut.add('lfs', path);
    this.blobs.checkDeclaredSize(String(size));
    const blob = await this.blobs.put(createReadStream(file));
    return {
      path,
      mode: mode === '120000' ? FILE_MODES.link : mode === '100755' ? FILE_MODES.executable : FILE_MODES.plain,
      ...blob,
    };
  }
}

/** The last part of the address, without .git. */
export function nameFromUrl(gitUrl: string): string {
  const last =
    gitUrl
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split(/[/:]/)
      .at(-1) ?? '';
  return (
    last
      .replace(/\.git$/, '')
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 70) || 'repository'
  );
}

function checkWanted(cancelled: AbortSignal): void {
  if (cancelled.aborted) throw badRequest('git.cancelled', 'Nobody waits for the repository any more.');
}

/** Of git's own words, such as `Receiving objects:  45% (9/20)`: the last share that was told. */
function receivedPart(text: string): number | null {
  const told = [...text.matchAll(/Receiving objects:\s+(\d+)%/g)].at(-1);
  return told ? Number(told[1]) / 100 : null;
}

function decodeNames(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('git.path', 'The repository has a file whose name is not UTF-8.');
  }
}

/** Files come and go while git works: what vanished counts nothing. */
async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}

const busy = (detail: string): ProblemError =>
  new ProblemError(503, 'git.busy', detail, undefined, { 'Retry-After': '60' });
const timedOut = (): ProblemError =>
  badRequest('git.timeout', `The repository did not come within ${CLONE_MS / 60_000} minutes.`);
const silent = (): ProblemError =>
  badRequest('git.silent', `The host of the repository sent nothing for ${SILENT_MS / 1000} seconds.`);

function cloneProblem({ code, stderr }: GitFailure): ProblemError {
  if (code === 'ENOENT')
    return new ProblemError(501, 'git.missing', 'The server has no git. Install it there, or upload the files.');
  if (/redirect/i.test(stderr))
    return badRequest(
      'git.redirected',
      'The repository has moved to another address. Give the address itself; often it ends in .git.',
    );
  if (
    /could not read (?:Username|Password)|Authentication failed|Permission denied|terminal prompts disabled|access denied/i.test(
      stderr,
    )
  )
    return badRequest('git.denied', 'The repository is not open to everyone, or is not there.');
  if (/not found|does not exist|not exported|does not appear to be/i.test(stderr))
    return badRequest('git.not_found', 'There is no repository at this address.');
  if (
    /unable to connect|could not resolve|connection (?:refused|timed out|reset)|failed to connect|unable to look up/i.test(
      stderr,
    )
  )
    return badRequest('git.unreachable', 'The host of the repository does not answer.');
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return badRequest(
    'git.failed',
    `git could not fetch the repository: ${last.replaceAll(/\/\/[^@/\s]*@/g, '//').slice(0, 300)}`,
  );
}
