import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { FILE_MODES, type FileView } from '@mle/protocol';
import yazl from 'yazl';
import { blobPath } from './blob-path.js';

/** A zip of stored files, made while it is read: one file is open at a time. */
export class ZipMaker {
  readonly bytes: Readable;
  private readonly zip = new yazl.ZipFile();

  /** @param blobs the folder of the blobs */
  constructor(private readonly blobs: string) {
    this.bytes = this.zip.outputStream as Readable;
    this.zip.on('error', (error) => this.bytes.destroy(error as Error));
  }

  /** Takes further files; `null`: there are no more. */
  take(files: readonly FileView[] | null): void {
    if (files === null) this.zip.end();
    else for (const file of files) this.add(file);
  }

  private add({ path, size, mode, mtime, sha256 }: FileView): void {
    const options = { mtime: new Date(mtime), mode: mode === FILE_MODES.link ? 0o120777 : 0o100000 | mode, size };
    this.zip.addReadStreamLazy(nameInZip(path), options, (done) =>
      done(null, createReadStream(blobPath(this.blobs, sha256))),
    );
  }
}

/** A name such as `a:b.txt` would be read as one on a drive of Windows. */
const nameInZip = (path: string): string => (/^[a-zA-Z]:/.test(path) ? `./${path}` : path);
