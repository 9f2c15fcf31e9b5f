import type { Readable } from 'node:stream';
import { FILE_MODES, type FileView } from '@mle/protocol';
import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import yazl from 'yazl';
import { sendStream } from './send-bytes.js';

/** Answers with a zip of the files, to be saved under the name. */
export async function sendZip(
  response: Response,
  fileName: string,
  files: FileView[],
  open: (sha256: string) => Readable,
): Promise<void> {
  response.set({
    'Content-Type': 'application/zip',
    'Content-Disposition': contentDisposition(fileName),
    'Cache-Control': 'no-store',
  });
  await sendStream(zipOf(files, open), response);
}

/** A zip of the files, made while it is read: one file is open at a time. */
function zipOf(files: FileView[], open: (sha256: string) => Readable): Readable {
  const zip = new yazl.ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error) => output.destroy(error as Error));
  for (const { path, size, mode, mtime, sha256 } of files) {
    const options = { mtime: new Date(mtime), mode: mode === FILE_MODES.link ? 0o120777 : 0o100000 | mode, size };
    zip.addReadStreamLazy(nameInZip(path), options, (done) => done(null, open(sha256)));
  }
  zip.end();
  return output;
}

/** A name such as `a:b.txt` would be read as one on a drive of Windows. */
const nameInZip = (path: string): string => (/^[a-zA-Z]:/.test(path) ? `./${path}` : path);
