import { Injectable } from '@nestjs/common';
import { LIMITS, type AttemptRef, type OutputFrame } from '@mle/protocol';
import { EventsService } from '../events/events.service.js';
import { logger } from '../logging/logger.js';
import { OutputIngest } from './output-ingest.service.js';
import { OutputRepository } from './output.repository.js';

/** For watchers whose run writes through another replica: turns what that one stored into frames again. */
@Injectable()
export class OutputRelay {
  private readonly sent = new Map<string, number>();
  private readonly reading = new Set<string>();

  constructor(
    private readonly output: OutputRepository,
    private readonly ingest: OutputIngest,
    private readonly events: EventsService,
  ) {}

  start(emit: (frame: OutputFrame, bytes: Buffer) => void, watched: (ref: AttemptRef) => boolean): void {
    this.events.on('output.stored', (ref, storedBytes) => {
      if (this.ingest.writes(ref) || !watched(ref)) return;
      this.catchUp(ref, storedBytes, emit).catch((error: unknown) => logger.debug({ err: error, ...ref }, 'output was not relayed'));
    });
    this.events.on('attempt.ended', (ref) => this.sent.delete(key(ref)));
  }

  private async catchUp(ref: AttemptRef, storedBytes: number, emit: (frame: OutputFrame, bytes: Buffer) => void): Promise<void> {
    if (this.reading.has(key(ref))) return;
    this.reading.add(key(ref));
    try {
      // The first notice tells where to begin: what is before it, the watcher fetches by range.
      const from = this.sent.get(key(ref)) ?? Math.max(0, storedBytes - LIMITS.outputFrameBytes);
      for await (const chunk of this.output.read(ref, from, storedBytes)) {
        emit({ ...ref, from: chunk.from, segments: chunk.segments }, chunk.data);
        this.sent.set(key(ref), chunk.to);
      }
    } finally {
      this.reading.delete(key(ref));
    }
  }
}

const key = ({ runId, attempt }: AttemptRef): string => `${runId}-${attempt}`;
