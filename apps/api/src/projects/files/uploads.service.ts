import { FILE_MODES, type ManifestEntry, projectPathError } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import multer from 'multer';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { badRequest, ProblemError, tooLarge } from '../../platform/http/problem.js';

/** Files of one upload. */
const MAX_UPLOAD_FILES = 5_000;

/** Receives multipart uploads straight into the blob store. A file's name is its path in the project. */
@Injectable()
export class UploadsService {
  constructor(
    private readonly blobs: BlobsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The stored files, in order. Nothing names them yet: what is refused later is collected. */
  async receive(request: Request, response: Response): Promise<ManifestEntry[]> {
    if (!request.is('multipart/form-data'))
      throw new ProblemError(415, 'upload.not_multipart', 'Send the files as multipart/form-data.');
    const entries: ManifestEntry[] = [];
    const { maxFileBytes } = this.config;
    const middleware = multer({
      preservePath: true,
      // The charset of file names is not told; browsers and curl send UTF-8.
      defParamCharset: 'utf8',
      limits: { fileSize: maxFileBytes, files: MAX_UPLOAD_FILES, fields: 10, fieldSize: 1024 },
      fileFilter: (_request, { originalname }, done) => {
        const message = projectPathError(originalname);
        if (message === null) done(null, true);
        else
          done(
            badRequest('path.invalid', `${JSON.stringify(originalname)}: ${message}`, [
              { path: originalname, message },
            ]),
          );
      },
      storage: {
        _handleFile: (_request, { stream, originalname }, done) => {
          // The parser cuts at the limit and tells; a limit of the blob store would end the parser's stream under it.
          this.blobs.put(stream, Infinity).then((blob) => {
            entries.push({ path: originalname, mode: FILE_MODES.plain, ...blob });
            done(null, { size: blob.size });
          }, done);
        },
        _removeFile: (_request, _file, done) => done(null),
      },
    }).any();
    await new Promise<void>((resolve, reject) => {
      void middleware(request, response, (error: unknown) =>
        error === undefined || error === null ? resolve() : reject(this.problem(error)),
      );
    });
    if (entries.length === 0) throw badRequest('upload.empty', 'The upload holds no file.');
    // The last one of a name counts, as if they had come one after the other.
    return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
  }

  private problem(error: unknown): Error {
    if (error instanceof multer.MulterError) {
      if (error.code === 'LIMIT_FILE_SIZE')
        return tooLarge('file.too_large', `A file is larger than the ${this.config.maxFileBytes} bytes allowed.`);
      if (error.code === 'LIMIT_FILE_COUNT')
        return tooLarge('upload.too_many_files', `Upload at most ${MAX_UPLOAD_FILES} files at once.`);
      return badRequest('upload.invalid', `The upload cannot be read: ${error.message}.`);
    }
    if (!(error instanceof Error)) return new Error('The upload cannot be read.', { cause: error });
    if (error instanceof ProblemError) return error;
    // Errors of the multipart parser are plain ones about the form of the body.
    return /multipart|boundary|unexpected end|malformed|aborted|closed/i.test(error.message)
      ? badRequest('upload.invalid', `The upload cannot be read: ${error.message}.`)
      : error;
  }
}
