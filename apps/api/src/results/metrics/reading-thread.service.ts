import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { DeadlineThread, type ThreadSession } from '../../platform/threads/deadline-thread.js';
import type { Piece } from './pieces.js';
import type { ReaderState } from './reader/output-reader.js';
import { NO_RULES, type ReadingRules } from './reader/reading-rules.js';
import type { ReadingProgress, ReadingRequest } from './reading-messages.js';

/** Reading takes time linear in the bytes: a piece that takes so long has met a fault of ours. */
const DEADLINE_MS = 20_000;
const MEMORY_MB = 512;

/**
 * Reads output for numbers in a thread of its own, so that no line holds up the server. Answers come in the order of
 * the questions: with one piece at a time asked for each run, every run has the same share.
 */
@Injectable()
export class ReadingThread implements OnModuleDestroy {
  private readonly thread: DeadlineThread<ReadingRequest, ReadingProgress>;
  private readers = 0;

  constructor(@Inject(CONFIG) config: Pick<Config, 'metricsReader'>) {
    this.thread = new DeadlineThread({
      file: config.metricsReader,
      does: 'reads numbers',
      deadlineMs: this.deadlineMs,
      memoryMb: MEMORY_MB,
    });
  }

  protected get deadlineMs(): number {
    return DEADLINE_MS;
  }

  onModuleDestroy(): Promise<void> {
    return this.thread.end();
  }

  /** A reader that goes on from a state, or begins anew. */
  open(state?: ReaderState, rules: ReadingRules = NO_RULES): ThreadReader {
    const reader = ++this.readers;
    const session = this.thread.enter();
    session.tell({ reader, kind: 'open', state, rules });
    return new ThreadReader(reader, session);
  }
}

/** The reader of one attempt in the thread. Every question is rejected with `ThreadLost` when the thread has ended. */
export class ThreadReader {
  constructor(
    private readonly reader: number,
    private readonly session: ThreadSession<ReadingRequest, ReadingProgress>,
  ) {}

  read({ data, segments }: Piece): Promise<ReadingProgress> {
    // A copy: the bytes lie in a larger buffer, which others read too.
    const copy = new Uint8Array(data);
    return this.session.ask({ reader: this.reader, kind: 'read', data: copy, segments }, [copy.buffer]);
  }

  /** Passes over bytes that cannot be read. */
  skip(bytes: number): Promise<ReadingProgress> {
    return this.session.ask({ reader: this.reader, kind: 'skip', bytes });
  }

  /** No more output comes. */
  end(): Promise<ReadingProgress> {
    return this.session.ask({ reader: this.reader, kind: 'end' });
  }

  async state(): Promise<ReadingProgress & { state: ReaderState }> {
    const progress = await this.session.ask({ reader: this.reader, kind: 'state' });
    return progress as ReadingProgress & { state: ReaderState };
  }

  close(): void {
    this.session.tell({ reader: this.reader, kind: 'close' });
  }
}
