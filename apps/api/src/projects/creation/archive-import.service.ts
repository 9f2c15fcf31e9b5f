import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isNativeError } from 'node:util/types';
import { FILE_MODES, type ManifestEntry, projectPathError } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { badRequest, ProblemError, tooLarge } from '../../platform/http/problem.js';
import { leadsOutside } from '../files/link-target.js';
import type { Imported } from './imported.js';
import { LeftOut } from './left-out.js';

/** What the files of one archive may take together, unpacked. */
const UNPACKED_BYTES = 4 * 1024 ** 3;
/** A link's target is a path. */
const LINK_BYTES = 4096;
const MADE_BY_UNIX = 3;
const FILE_TYPE = 0o170000;
const LINK_TYPE = 0o120000;

interface Unpacked extends Imported {
  /** The folder that held everything, as archives of repositories have one; it is left out of the paths. */
  folder: string | null;
}

/** Stores the files of a zip. Nothing of it is written under a name of its own, so no name can lead anywhere. */
@Injectable()
export class ArchiveImportService {
  constructor(
    private readonly blobs: BlobsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async unpack(zip: Readable, declaredSize: string | undefined): Promise<Unpacked> {
    this.blobs.checkDeclaredSize(declaredSize);
    const parent = join(this.config.dataDir, 'tmp');
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(parent, 'zip-'));
    try {
      const file = join(folder, 'upload.zip');
      await this.receive(zip, file);
      return await this.store(file);
    } catch (error) {
      throw archiveProblem(error);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** The list of a zip stands at its end: it has to be there whole before the first file can be taken out. */
  private async receive(zip: Readable, file: string): Promise<void> {
    let bytes = 0;
    const { maxFileBytes } = this.config;
    const limit = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        if (bytes > maxFileBytes)
          done(tooLarge('archive.too_large', `The archive is larger than the ${maxFileBytes} bytes allowed.`));
        else done(null, chunk);
      },
    });
    // The request outlives a refusal: destroying it would take the answer with it.
    await pipeline(zip.iterator({ destroyOnReturn: false }), limit, createWriteStream(file, { mode: 0o600 }));
  }

  private async store(file: string): Promise<Unpacked> {
    const zip = await yauzl.openPromise(file, { lazyEntries: true, autoClose: false });
    try {
      const files = await this.list(zip);
      const folder = commonFolder(files.map(({ fileName }) => fileName));
      const entries = new Map<string, ManifestEntry>();
      const leftOut = new LeftOut();
      for (const entry of files) {
        const path = folder === null ? entry.fileName : entry.fileName.slice(folder.length + 1);
        const stored = await this.storeEntry(zip, entry, path);
        if (stored) entries.set(path, stored);
        else leftOut.add('link', path);
      }
      if (entries.size === 0)
        throw badRequest('archive.empty', ['The archive holds no file.', ...leftOut.sentences()].join(' '));
      return { entries: [...entries.values()], notices: leftOut.sentences(), folder };
    } finally {
      zip.close();
    }
  }

  /** The files of the archive, each checked before the first is unpacked. */
  private async list(zip: ZipFile): Promise<Entry[]> {
    const files: Entry[] = [];
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      // As our own archives write a name that would else be read as one on a drive of Windows.
      entry.fileName = entry.fileName.replace(/^\.\//, '');
      // Folders are made by their files; and what a desktop leaves beside them is none of the project's.
      if (entry.fileName.endsWith('/') || /(?:^|\/)(?:__MACOSX\/|\.DS_Store$)/.test(entry.fileName)) continue;
      const shown = JSON.stringify(entry.fileName);
      const message = projectPathError(entry.fileName);
      if (message !== null)
        throw badRequest('archive.path', `The archive has a file ${shown} that a project cannot have. ${message}`);
      if (entry.isEncrypted())
        throw badRequest('archive.encrypted', 'The archive is locked by a password. Make one without.');
      if (!entry.canDecodeFileData())
        throw badRequest('archive.method', `${shown} is packed in a way that is not known here. Make a plain zip.`);
      bytes += entry.uncompressedSize;
      if (bytes > UNPACKED_BYTES)
        throw tooLarge(
          'archive.too_large',
          `The archive is larger than the ${UNPACKED_BYTES} bytes allowed, unpacked.`,
        );
      if (files.length >= this.config.maxProjectFiles)
        throw tooLarge('project.too_many_files', `A project holds at most ${this.config.maxProjectFiles} files.`);
      files.push(entry);
    }
    if (files.length === 0) throw badRequest('archive.empty', 'The archive holds no file.');
    return files;
  }

  /** Null for a link that points out of the project. */
  private async storeEntry(zip: ZipFile, entry: Entry, path: string): Promise<ManifestEntry | null> {
    this.blobs.checkDeclaredSize(String(entry.uncompressedSize));
    const mode = entry.versionMadeBy >> 8 === MADE_BY_UNIX ? entry.externalFileAttributes >>> 16 : 0;
    // yauzl ends the stream with an error when there are more bytes than the list says.
    const stream = await zip.openReadStreamPromise(entry);
    // It may come before anyone reads: without this it would end the process, and yauzl tells one of zlib without
    // ending the stream.
    stream.on('error', (error) => stream.destroy(error));
    if ((mode & FILE_TYPE) !== LINK_TYPE) {
      return {
        path,
        mode: (mode & 0o111) !== 0 ? FILE_MODES.executable : FILE_MODES.plain,
        ...(await this.blobs.put(stream)),
      };
    }
    const target =
      entry.uncompressedSize > LINK_BYTES ? '' : Buffer.concat((await stream.toArray()) as Buffer[]).toString('utf8');
    if (leadsOutside(path, target)) return null;
    return { path, mode: FILE_MODES.link, ...(await this.blobs.putBytes(Buffer.from(target))) };
  }
}

function commonFolder(paths: string[]): string | null {
  const [first = ''] = paths;
  const slash = first.indexOf('/');
  const folder = first.slice(0, slash);
  return slash > 0 && paths.every((path) => path.startsWith(`${folder}/`)) ? folder : null;
}

/**
 * Errors of the zip reader are plain ones about the form of the bytes; those of the file system and of zlib have codes.
 */
function archiveProblem(error: unknown): unknown {
  if (error instanceof ProblemError || !isNativeError(error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && !code.startsWith('Z_')) return error;
  if (/invalid relative path|absolute path|invalid characters in fileName/i.test(error.message)) {
    return badRequest(
      'archive.path',
      'The archive has a file whose path would leave the project. Nothing of it was taken.',
    );
  }
  return badRequest('archive.invalid', `This is no zip that can be read: ${error.message}.`);
}
