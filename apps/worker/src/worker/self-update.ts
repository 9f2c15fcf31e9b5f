import { setTimeout as delay } from 'node:timers/promises';
import { VERSION } from '@mle/protocol';
import type { Logger } from '../base/logger.js';
import type { ServerRoute } from '../server/link/server-route.js';
import { takeNewerWorker } from '../server/update/newer-worker.js';

const LOOK_MS = 100;
/** A link that is refused is tried again every few seconds, which is too often to load a worker. */
const AGAIN_MS = 60_000;

interface Tools {
  route: ServerRoute;
  /** Whether no run is on this machine, also none that is being claimed. */
  idle: () => boolean;
  /** Whether no program of a run is alive. */
  atRest: () => boolean;
  /** Nothing more is asked for. */
  stopAsking: () => Promise<void>;
  /** Ends this worker: whoever starts it again starts the one that was taken. */
  leave: () => void;
}

/** Takes the worker of a server of another version, between two runs and never in one. */
export class SelfUpdate {
  private due = false;
  private working = false;
  private refused = false;
  private triedAt = -Infinity;

  constructor(
    /** Null: a person keeps this worker up to date. */
    private readonly folder: string | null,
    private readonly tools: Tools,
    private readonly log: Logger,
  ) {}

  /** Whether it will be taken. */
  serverIs(version: string | undefined): boolean {
    this.refused = false;
    this.due = this.folder !== null && version !== undefined && version !== VERSION;
    this.consider();
    return this.due;
  }

  /**
   * The server does not understand the link of this worker. What has ended here waits in the journal for the next
   * worker, since only that one can report it. False: a person has to bring that one.
   */
  serverRefuses(): boolean {
    this.refused = true;
    this.due = this.folder !== null && performance.now() - this.triedAt > AGAIN_MS;
    this.consider();
    return this.folder !== null;
  }

  /** To be called where a run has ended. */
  consider(): void {
    if (this.folder === null || !this.due || this.working || !this.mayEnd()) return;
    this.working = true;
    void this.take(this.folder)
      // At the next connection it is tried again.
      .catch((error: unknown) => this.log.warn({ err: error }, 'The worker of the server cannot be taken now.'))
      .finally(() => (this.working = false));
  }

  private async take(folder: string): Promise<void> {
    this.due = false;
    if (!(await takeNewerWorker(this.tools.route, folder))) {
      this.triedAt = performance.now();
      this.log.warn("The server's worker was taken before and did not start. This one goes on.");
      return;
    }
    // A run that came meanwhile is waited for.
    await this.tools.stopAsking();
    while (!this.mayEnd()) await delay(LOOK_MS);
    this.log.info("The server's version of the worker is here. This one ends, to be started again as that one.");
    this.tools.leave();
  }

  private mayEnd(): boolean {
    return this.refused ? this.tools.atRest() : this.tools.idle();
  }
}
