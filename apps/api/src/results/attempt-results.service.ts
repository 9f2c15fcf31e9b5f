import type { AttemptFinished, AttemptRef, AttemptReply, Failure } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { ArtifactIntake } from './artifacts/artifact-intake.service.js';
import { FailureReader } from './failures/failure-reader.service.js';
import { summaryOf } from './metrics/metric-summary.js';
import { MetricsIngest } from './metrics/metrics-ingest.service.js';
import { OutputIngest } from './output/output-ingest.service.js';

/** All that an attempt leaves, when it ends. */
@Injectable()
export class AttemptResults {
  constructor(
    private readonly output: OutputIngest,
    private readonly artifacts: ArtifactIntake,
    private readonly metrics: MetricsIngest,
    private readonly failures: FailureReader,
  ) {}

  /** What the machine has to send again, of what it says that it sent; null when all of it is stored. */
  async missing(ref: AttemptRef, finished: AttemptFinished): Promise<AttemptReply | null> {
    const expected = await this.output.verify(ref, finished);
    if (expected !== null) return { ok: false, code: 'gap', expected };
    const complete = !finished.artifacts || (await this.artifacts.agrees(ref, finished.artifacts));
    return complete ? null : { ok: false, code: 'artifacts' };
  }

  /** How the numbers stand when the last line is read. */
  async lastNumbers(ref: AttemptRef, outputBytes: number): Promise<ReturnType<typeof summaryOf>> {
    return summaryOf(await this.metrics.settle(ref, outputBytes));
  }

  /** Why the program failed, as it said itself; null where it said nothing. */
  failure(ref: AttemptRef, finished: AttemptFinished, snapshotId: string): Promise<Failure | null> {
    return this.failures.read(ref, finished, snapshotId);
  }

  storedBytes(ref: AttemptRef): Promise<number> {
    return this.output.storedBytes(ref);
  }
}
