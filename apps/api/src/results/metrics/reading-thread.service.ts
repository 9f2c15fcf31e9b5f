import { Worker } from 'node:worker_threads';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { logger } from '../../platform/logging/logger.js';
import type { Piece } from './pieces.js';
import type { ReaderState } from './reader/output-reader.js';
import type { ReadingAnswer, ReadingProgress, ReadingRequest } from './reading-messages.js';

/** Reading takes time linear in the bytes: a piece that takes so long has met a fault of ours. */
const DEADLINE_MS = 20_000;
const MEMORY_MB = 512;

/** The thread ended, and with it what its readers knew. `culprit`: by the piece that was asked about. */
export class ReadingLost extends Error {
  constructor(readonly culprit: boolean) {
    super('The thread that reads numbers ended.');
  }
}

interface Asked {
  resolve: (progress: ReadingProgress) => void;
  reject: (error: Error) => void;
}

/**
 * Reads output for numbers in a thread of its own, so that no line holds up the server. Answers come in the order of
 * the questions: with one piece at a time asked for each run, every run has the same share.
 */
@Injectable()
export class ReadingThread implements OnModuleDestroy {
  private worker: Worker | null = null;
  private isReady = false;
  private asked: Asked[] = [];
  private watchdog: NodeJS.Timeout | null = null;
  private readers = 0;

  protected readonly deadlineMs: number = DEADLINE_MS;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'metricsReader'>) {}

  /** A reader that goes on from a state, or begins anew. */
  open(state?: ReaderState): ThreadReader {
    const worker = (this.worker ??= this.start());
    const reader = ++this.readers;
    const post = (request: ReadingRequest): boolean => {
      if (this.worker !== worker) return false;
      worker.postMessage(request);
      return true;
    };
    post({ reader, kind: 'open', state });
    return new ThreadReader(
      reader,
      (request) =>
        new Promise((resolve, reject) => {
          if (!post(request)) {
            reject(new ReadingLost(false));
            return;
          }
          this.asked.push({ resolve, reject });
          this.watch(worker);
        }),
      () => post({ reader, kind: 'close' }),
    );
  }

  async onModuleDestroy(): Promise<void> {
    const { worker } = this;
    this.lose(false);
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.config.metricsReader, {
      name: 'metrics reader',
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
      execArgv: ['--enable-source-maps'],
    });
    worker.unref();
    worker.on('message', (answer: ReadingAnswer) => this.settle(worker, answer));
    worker.on('error', (error) => logger.error({ err: error }, 'the thread that reads numbers failed'));
    worker.on('exit', () => {
      if (this.worker !== worker) return;
      logger.error('the thread that reads numbers ended; it starts again');
      this.lose(true);
    });
    return worker;
  }

  private settle(worker: Worker, answer: ReadingAnswer): void {
    if (this.worker !== worker) return;
    if ('ready' in answer) {
      this.isReady = true;
      this.watch(worker);
      return;
    }
    const asked = this.asked.shift();
    this.watch(worker);
    if ('error' in answer) asked?.reject(answer.error);
    else asked?.resolve(answer);
  }

  private watch(worker: Worker): void {
    if (this.watchdog) clearTimeout(this.watchdog);
    this.watchdog = null;
    const [waiting] = this.asked;
    if (!waiting || !this.isReady) return;
    this.watchdog = setTimeout(() => {
      // After a pause of this whole process the answer is there and only not taken yet.
      setImmediate(() => {
        if (this.worker !== worker || this.asked[0] !== waiting) return;
        logger.error('a piece of output was not read for numbers in time; it is passed over');
        this.lose(true);
        void worker.terminate();
      });
    }, this.deadlineMs).unref();
  }

  private lose(byPiece: boolean): void {
    this.worker = null;
    this.isReady = false;
    if (this.watchdog) clearTimeout(this.watchdog);
    for (const [i, { reject }] of this.asked.splice(0).entries()) reject(new ReadingLost(byPiece && i === 0));
  }
}

/** The reader of one attempt in the thread. Every question is rejected with `ReadingLost` when the thread has ended. */
export class ThreadReader {
  constructor(
    private readonly reader: number,
    private readonly ask: (request: ReadingRequest) => Promise<ReadingProgress>,
    readonly close: () => void,
  ) {}

  read({ data, segments }: Piece): Promise<ReadingProgress> {
    // Without a copy all of the buffer that the bytes lie in would be sent.
    return this.ask({ reader: this.reader, kind: 'read', data: new Uint8Array(data), segments });
  }

  /** Passes over bytes that cannot be read. */
  skip(bytes: number): Promise<ReadingProgress> {
    return this.ask({ reader: this.reader, kind: 'skip', bytes });
  }

  /** No more output comes. */
  end(): Promise<ReadingProgress> {
    return this.ask({ reader: this.reader, kind: 'end' });
  }

  async state(): Promise<ReadingProgress & { state: ReaderState }> {
    return (await this.ask({ reader: this.reader, kind: 'state' })) as ReadingProgress & { state: ReaderState };
  }
}
