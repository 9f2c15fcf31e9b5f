import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isOutage } from '../http/problem.js';
import { logger } from '../logging/logger.js';
import { Hook } from '../signals/hook.js';
import { BlobsService } from './blobs.service.js';
import { IncomingBlobs } from './incoming-blobs.service.js';

const HOUR_MS = 3_600_000;
/** Longer than any request lasts from storing a blob to naming it in the database. */
const COLLECT_GRACE_MS = 24 * HOUR_MS;
const COLLECT_EVERY_MS = 6 * HOUR_MS;

/** Takes the SHA-256 of blobs that are in use. */
type Keep = (blobs: AsyncIterable<string>) => Promise<void>;

/** Deletes blobs that nothing names any more. */
@Injectable()
export class BlobCollectorService implements OnApplicationBootstrap, OnModuleDestroy {
  /**
   * Names the blobs that are in use. An error keeps all blobs. `since`: what was promised before this time, in ms since
   * the epoch, no longer counts.
   */
  readonly roots = new Hook<[keep: Keep, since: number]>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly blobs: BlobsService,
    private readonly incoming: IncomingBlobs,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.collectQuietly(), COLLECT_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async collect(graceMs = COLLECT_GRACE_MS): Promise<{ files: number; bytes: number }> {
    const referenced = new Set<string>();
    const keep: Keep = async (blobs) => {
      for await (const sha256 of blobs) referenced.add(sha256);
    };
    await this.roots.run(keep, Date.now() - graceMs);
    await this.incoming.sweep(graceMs);
    return this.blobs.collect(referenced, graceMs);
  }

  private async collectQuietly(): Promise<void> {
    try {
      logger.info(await this.collect(), 'collected unreferenced blobs');
    } catch (error) {
      if (isOutage(error)) logger.warn('blobs not collected: the database does not answer');
      else logger.error({ err: error }, 'blobs not collected');
    }
  }
}
