import { Worker } from 'node:worker_threads';
import { logger } from '../logging/logger.js';

/** The thread ended, and with it what it knew. `culprit`: at the question that was asked. */
export class ThreadLost extends Error {
  constructor(readonly culprit: boolean) {
    super('The thread that was asked ended.');
  }
}

/** What a thread says: first that it has started, then an answer to each question, in the order of the questions. */
export type Said<Answer> = { ready: true } | { answer: Answer } | { error: Error };

export interface ThreadOptions {
  /** The bundle that the thread runs. */
  file: string;
  /** What it does, for the log: "reads numbers". */
  does: string;
  /** For one question, from the moment on at which the thread takes it. */
  deadlineMs: number;
  memoryMb: number;
  /** What the thread finds as `workerData`. */
  data?: unknown;
}

interface Asked<Answer> {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** The thread as it is now: when it ends, all that was asked of it is rejected, and a new one has to be entered. */
export interface ThreadSession<Question, Answer> {
  /**
   * `moved`: what of the question goes over to the thread without a copy.
   * @throws ThreadLost
   */
  ask(question: Question, moved?: ArrayBuffer[]): Promise<Answer>;
  /** Says what has no answer. */
  tell(question: Question): void;
}

/**
 * Work on users' bytes in a thread of its own, so that nobody waits for it. A question that takes longer than its
 * deadline, or more memory than there is, ends the thread, and the next question starts another one.
 */
export class DeadlineThread<Question, Answer> {
  private worker: Worker | null = null;
  private isReady = false;
  private asked: Asked<Answer>[] = [];
  private watchdog: NodeJS.Timeout | null = null;

  constructor(private readonly options: ThreadOptions) {}

  enter(): ThreadSession<Question, Answer> {
    const worker = (this.worker ??= this.start());
    return {
      ask: (question, moved = []) =>
        new Promise((resolve, reject) => {
          if (this.worker !== worker) {
            reject(new ThreadLost(false));
            return;
          }
          worker.postMessage(question, moved);
          this.asked.push({ resolve, reject });
          this.watch(worker);
        }),
      tell: (question) => {
        if (this.worker === worker) worker.postMessage(question);
      },
    };
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.lose(() => new ThreadLost(false));
    await worker?.terminate();
  }

  private start(): Worker {
    const { file, does, memoryMb, data } = this.options;
    const worker = new Worker(file, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      execArgv: ['--enable-source-maps'],
    });
    worker.unref();
    worker.on('message', (said: Said<Answer>) => this.settle(worker, said));
    worker.on('error', (error) => logger.error({ err: error }, `the thread that ${does} failed`));
    worker.on('exit', () => {
      if (this.worker !== worker) return;
      logger.error(`the thread that ${does} ended; it starts again`);
      // One that cannot start does so for no question; whoever asks is not to ask again at once.
      this.lose(
        this.isReady ? (i) => new ThreadLost(i === 0) : () => new Error(`The thread that ${does} cannot start.`),
      );
    });
    return worker;
  }

  private settle(worker: Worker, said: Said<Answer>): void {
    if (this.worker !== worker) return;
    if ('ready' in said) this.isReady = true;
    else {
      const asked = this.asked.shift();
      if ('error' in said) asked?.reject(said.error);
      else asked?.resolve(said.answer);
    }
    this.watch(worker);
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
        logger.error(`the thread that ${this.options.does} did not answer in time; it starts again`);
        this.lose((i) => new ThreadLost(i === 0));
        void worker.terminate();
      });
    }, this.options.deadlineMs).unref();
  }

  private lose(errorOf: (i: number) => Error): void {
    this.worker = null;
    this.isReady = false;
    if (this.watchdog) clearTimeout(this.watchdog);
    for (const [i, { reject }] of this.asked.splice(0).entries()) reject(errorOf(i));
  }
}
