import { type AttemptRef, LIMITS, type OutputFrame } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { OutputRepository } from './output.repository.js';
import { OutputIngest } from './output-ingest.service.js';

/** For watchers whose run writes through another replica: turns what that one stored into frames again. */
@Injectable()
export class OutputRelay {
  private readonly sent = new Map<string, number>();
  /** How far each attempt that is being read is stored, as far as notices came. */
  private readonly reading = new Map<string, number>();

  constructor(
    private readonly output: OutputRepository,
    private readonly ingest: OutputIngest,
    private readonly events: EventsService,
  ) {}

  start(emit: (frame: OutputFrame, bytes: Buffer) => void, watched: (ref: AttemptRef) => boolean): void {
    this.events.on('output.stored', (ref, storedBytes) => {
      if (this.ingest.writes(ref) || !watched(ref)) return;
      this.catchUp(ref, storedBytes, emit).catch((error: unknown) =>
        logger.debug({ err: error, ...ref }, 'output was not relayed'),
      );
    });
    this.events.on('attempt.ended', (ref) => this.sent.delete(key(ref)));
  }

  private async catchUp(
    ref: AttemptRef,
    storedBytes: number,
    emit: (frame: OutputFrame, bytes: Buffer) => void,
  ): Promise<void> {
    const known = this.reading.get(key(ref));
    this.reading.set(key(ref), Math.max(known ?? 0, storedBytes));
    if (known !== undefined) return;
    try {
      // The first notice tells where to begin: what is before it, the watcher fetches by range.
      let at = this.sent.get(key(ref)) ?? Math.max(0, storedBytes - LIMITS.outputFrameBytes);
      for (let to = storedBytes; at < to; to = this.reading.get(key(ref)) ?? to) {
        const before = at;
        for await (const chunk of this.output.read(ref, at, to)) {
          emit({ ...ref, from: chunk.from, segments: chunk.segments }, chunk.data);
          at = chunk.to;
          this.sent.set(key(ref), at);
        }
        if (at === before) break;
      }
    } finally {
      this.reading.delete(key(ref));
    }
  }
}

const key = ({ runId, attempt }: AttemptRef): string => `${runId}-${attempt}`;
