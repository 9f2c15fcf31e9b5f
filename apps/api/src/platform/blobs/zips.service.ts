import type { FileView } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import { CONFIG, type Config } from '../config/config.js';
import type { Pages } from '../http/paged-json.js';
import { ProblemError } from '../http/problem.js';
import { sendStream } from '../http/send-bytes.js';
import { BoundedQueue, QueueFull } from '../queues/bounded-queue.js';
import { threadStream } from '../threads/thread-stream.js';
import { blobsFolder } from './blob-path.js';

/** For each user, since one who reads slowly holds a thread all the while. */
const AT_ONCE = 2;
const WAITING = 50;

/** Answers with zips of stored files. Each is made in a thread of its own: one of 50,000 files is work for seconds. */
@Injectable()
export class ZipsService {
  private readonly lines = new Map<string, BoundedQueue>();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'dataDir' | 'zipWriter'>) {}

  /** @throws ProblemError 429 where too many of this user's wait already. */
  async send(
    response: Response,
    userId: string,
    fileName: string,
    files: Pages<FileView> | Iterable<FileView[]>,
  ): Promise<void> {
    try {
      await this.lineOf(userId).run(async () => {
        response.set({
          'Content-Type': 'application/zip',
          'Content-Disposition': contentDisposition(fileName),
          'Cache-Control': 'no-store',
        });
        await sendStream(threadStream(this.config.zipWriter, blobsFolder(this.config.dataDir), files), response);
      });
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      throw new ProblemError(
        429,
        'archive.many',
        `${AT_ONCE + WAITING} zips are being made for you. Ask again when one of them has come.`,
      );
    }
  }

  private lineOf(userId: string): BoundedQueue {
    const line = this.lines.get(userId) ?? new BoundedQueue(AT_ONCE, WAITING);
    this.lines.set(userId, line);
    return line;
  }
}
