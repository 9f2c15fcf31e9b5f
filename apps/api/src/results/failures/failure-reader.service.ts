import type { AttemptFinished, AttemptRef, Failure } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { SnapshotsService } from '../../projects/snapshots/snapshots.service.js';
import { OutputService } from '../output/output.service.js';
import { lastWords } from './last-words.js';

/** A traceback is at the end; what warnings and bars say beside it fits in too. */
const READ_BYTES = 64 * 1024;

/** Reads from the end of its output why a program failed. */
@Injectable()
export class FailureReader {
  constructor(
    private readonly output: OutputService,
    private readonly snapshots: SnapshotsService,
  ) {}

  async read(
    ref: AttemptRef,
    { signal, outputBytes }: Pick<AttemptFinished, 'signal' | 'outputBytes'>,
    snapshotId: string,
  ): Promise<Failure | null> {
    try {
      const said: Buffer[] = [];
      const range = { from: Math.max(0, outputBytes - READ_BYTES), to: outputBytes, stream: 'stderr' as const };
      for await (const bytes of this.output.read(ref, range)) said.push(bytes);
      const files = async () => new Set((await this.snapshots.manifest(snapshotId)).files.map(({ path }) => path));
      return await lastWords(Buffer.concat(said).toString('utf8'), signal, files);
    } catch (error) {
      // The run ends all the same.
      logger.warn({ err: error, ...ref }, 'the last words of a run were not read');
      return null;
    }
  }
}
