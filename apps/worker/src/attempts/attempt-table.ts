import type { AttemptRef, Delivery, HelloReply, RunSpec, StopRequest } from '@mle/protocol';
import type { Logger } from '../base/logger.js';
import { attemptKey } from '../journal/attempt-key.js';
import type { JournalEntry } from '../journal/journal.js';
import { SupervisorGone } from '../supervisor/supervisor-client.js';
import type { AttemptTools } from './attempt.js';
import { Attempt } from './attempt.js';
import type { SlotTable } from './slot-table.js';

/** All attempts that this worker answers for. */
export class AttemptTable {
  private readonly attempts = new Map<string, Attempt>();
  /** Asked for, without an answer yet. */
  private readonly claims = new Map<string, AttemptRef>();
  /** Claims of the worker before this one, until the server says what it knows of them. */
  private readonly unanswered = new Set<string>();
  private readonly aborted = new AbortController();

  constructor(
    private readonly tools: AttemptTools,
    private readonly slots: SlotTable,
    private readonly log: Logger,
    /** A slot became free, or an attempt came. */
    private readonly onChange: () => void,
  ) {
    tools.supervisor.on('output', (key, bytes) => this.attempts.get(key)?.output(bytes));
    tools.supervisor.on('ended', (key) => this.attempts.get(key)?.ended());
    tools.link.on('offline', () => {
      for (const attempt of this.attempts.values()) attempt.offline();
    });
  }

  /** The journal, for the hello and the heartbeat. */
  refs(): AttemptRef[] {
    return [...[...this.attempts.values()].map(({ ref }) => ref), ...this.claims.values()];
  }

  /** The programs that are alive. */
  programs(): { ref: AttemptRef; pid: number }[] {
    return [...this.attempts.values()].flatMap(({ ref, program }) => (program === null ? [] : [{ ref, pid: program }]));
  }

  get empty(): boolean {
    return this.attempts.size === 0;
  }

  /** A program of them may still be alive. */
  get programsRun(): boolean {
    return [...this.attempts.values()].some(({ isOver }) => !isOver);
  }

  /** Takes up the journal of the worker before this one, before the first hello and the first delivery. */
  async restore(entries: JournalEntry[]): Promise<void> {
    for (const entry of entries) {
      if (entry.journal === null) continue;
      const { spec, slot } = entry.journal;
      this.slots.restore(attemptKey(entry.ref), slot);
      await this.add(entry.ref, spec, slot).restore(entry);
    }
    for (const entry of entries) {
      if (entry.journal !== null) continue;
      // Claimed perhaps: the hello names it, and the claim is made once more when the server knows of it.
      this.slots.hold(attemptKey(entry.ref));
      this.claims.set(attemptKey(entry.ref), entry.ref);
      this.unanswered.add(attemptKey(entry.ref));
    }
  }

  /** Claims a delivered attempt, journals it and starts it. */
  async deliver(delivery: Delivery): Promise<void> {
    const ref = { runId: delivery.runId, attempt: delivery.attempt };
    const key = attemptKey(ref);
    const log = this.log.child({ correlationId: delivery.correlationId, runId: ref.runId, attempt: ref.attempt });
    if (this.attempts.has(key) || this.claims.has(key) || !this.tools.journal.intend(ref)) {
      log.info('A delivery came again and is settled.');
      return;
    }
    this.slots.hold(key);
    this.claims.set(key, ref);
    await this.claim(ref, key, log);
  }

  onHello(reply: HelloReply): void {
    for (const { runId, attempt, verdict, storedBytes, stop } of reply.attempts) {
      const ref = { runId, attempt };
      const key = attemptKey(ref);
      const known = this.attempts.get(key);
      if (known === undefined) {
        if (this.unanswered.delete(key)) this.resolveIntent(ref, key, verdict === 'continue');
      } else if (verdict === 'continue') {
        known.goOn(storedBytes, stop);
      } else {
        void known.discard();
      }
    }
    for (const key of [...this.unanswered]) {
      const ref = this.claims.get(key);
      this.unanswered.delete(key);
      if (ref !== undefined) this.resolveIntent(ref, key, false);
    }
  }

  async stop(request: StopRequest): Promise<void> {
    await this.attempts.get(attemptKey(request))?.stop('exited', request.reason);
  }

  async discard(ref: AttemptRef): Promise<void> {
    await this.attempts.get(attemptKey(ref))?.discard();
  }

  async stopAll(reason: string): Promise<void> {
    await Promise.all([...this.attempts.values()].map((attempt) => attempt.stop('stopped', reason)));
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.attempts.values()].map((attempt) => attempt.kill()));
  }

  async supervisorBack(): Promise<void> {
    await Promise.all(
      [...this.attempts.values()].map((attempt) =>
        attempt.supervisorBack().catch((error: unknown) => {
          // Gone once more: it is told again when it is back.
          if (!(error instanceof SupervisorGone)) throw error;
        }),
      ),
    );
  }

  /** No claim is made any more. */
  close(): void {
    this.aborted.abort();
  }

  private resolveIntent(ref: AttemptRef, key: string, wanted: boolean): void {
    const log = this.log.child({ runId: ref.runId, attempt: ref.attempt });
    const work = wanted ? this.claim(ref, key, log) : this.forget(ref, key);
    void work.catch((error: unknown) => log.error({ err: error }, 'An attempt of the journal could not be taken up.'));
  }

  private async claim(ref: AttemptRef, key: string, log: Logger): Promise<void> {
    const reply = await this.tools.link.insist(this.aborted.signal, () => this.tools.link.claim(ref));
    if (!reply.ok) {
      log.info({ reason: reply.message }, 'The delivery is out of date.');
      return this.forget(ref, key);
    }
    try {
      this.accept(ref, key, reply.spec, log);
    } catch (error) {
      // As on a full disk. The server hears that the attempt is not here, and delivers it again.
      await this.forget(ref, key);
      throw error;
    }
  }

  private accept(ref: AttemptRef, key: string, spec: RunSpec, log: Logger): void {
    const slot = this.slots.take(key, this.tools.workspaces.slotsOf(spec.projectId));
    this.tools.journal.write(ref, { spec, slot });
    const attempt = this.add(ref, spec, slot);
    this.claims.delete(key);
    // The delivery is settled now; the run goes on by itself.
    void attempt.begin().catch((error: unknown) => log.error({ err: error }, 'A run could not begin.'));
  }

  private add(ref: AttemptRef, spec: RunSpec, slot: number): Attempt {
    const key = attemptKey(ref);
    const log = this.log.child({ correlationId: spec.correlationId, runId: ref.runId, attempt: ref.attempt });
    const attempt = new Attempt(this.tools, ref, spec, slot, log, () => {
      this.attempts.delete(key);
      this.slots.release(key);
      this.onChange();
    });
    this.attempts.set(key, attempt);
    return attempt;
  }

  private async forget(ref: AttemptRef, key: string): Promise<void> {
    await this.tools.journal.remove(ref);
    this.claims.delete(key);
    this.slots.release(key);
    this.onChange();
  }
}
