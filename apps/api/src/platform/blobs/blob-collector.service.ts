import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { logger } from '../logging/logger.js';
import { isOutage } from '../http/problem.js';
import { BlobsService } from './blobs.service.js';
import { IncomingBlobs } from './incoming-blobs.service.js';

const HOUR_MS = 3_600_000;
/** Longer than any request lasts from storing a blob to naming it in the database. */
export const COLLECT_GRACE_MS = 24 * HOUR_MS;
const COLLECT_EVERY_MS = 6 * HOUR_MS;

/** `since`: what was promised before this time, in ms since the epoch, no longer counts. */
type Roots = (since: number) => AsyncIterable<string>;

/** Deletes blobs that nothing names any more. */
@Injectable()
export class BlobCollectorService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly roots: Roots[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly blobs: BlobsService,
    private readonly incoming: IncomingBlobs,
  ) {}

  /** Registers who names blobs: yields the SHA-256 of each. An error of it keeps all blobs. */
  addRoots(roots: Roots): void {
    this.roots.push(roots);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.collectQuietly(), COLLECT_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async collect(graceMs = COLLECT_GRACE_MS): Promise<{ files: number; bytes: number }> {
    const referenced = new Set<string>();
    for (const roots of this.roots) for await (const sha256 of roots(Date.now() - graceMs)) referenced.add(sha256);
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
