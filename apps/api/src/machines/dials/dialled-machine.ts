import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { logger } from '../../platform/logging/logger.js';
import { type CarrierTarget, dialCarrier } from './carrier.js';
import type { Control } from './control.js';
import { DialError } from './dial-error.js';
import { otherVersion } from './other-version.js';

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** A connection that ended sooner counts as a failure. */
const STABLE_MS = 5_000;

/** What a dialled machine needs of the server. */
interface DialledMachineTools {
  /** Null: another replica holds the machine, or it is gone. */
  target: () => Promise<CarrierTarget | null>;
  open: (target: CarrierTarget) => Promise<Control>;
  /** Gives the worker a new credential; false when the machine is gone. */
  welcome: (control: Control) => Promise<boolean>;
  accept: (stream: TLSSocket) => void;
  report: (error: string | null) => Promise<void>;
}

/**
 * Keeps one machine connected that this replica holds: dials, delivers the streams that the worker asks for, and dials
 * again.
 */
export class DialledMachine {
  private readonly ending = new AbortController();
  private readonly streams = new Set<TLSSocket>();
  private control: Control | null = null;
  private failures = 0;

  constructor(
    readonly machineId: string,
    private readonly tools: DialledMachineTools,
  ) {}

  /** Until it is ended. `first` is a connection that was opened to try the address. */
  async run(first: { control: Control; target: CarrierTarget } | null): Promise<void> {
    let next = first;
    while (!this.ending.signal.aborted) {
      const begun = performance.now();
      try {
        const target = next?.target ?? (await this.tools.target());
        if (target === null) return this.end();
        await this.serve(next?.control ?? (await this.tools.open(target)), target);
        if (performance.now() - begun > STABLE_MS) this.failures = 0;
      } catch (error) {
        await this.tell(error);
      }
      next = null;
      await delay(RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)], undefined, {
        signal: this.ending.signal,
      }).catch(() => undefined);
    }
  }

  end(): void {
    this.ending.abort();
    this.close();
  }

  /** The machine was removed: the worker is told to forget this server. */
  release(): void {
    this.ending.abort();
    this.control?.release();
    this.close(null);
  }

  /** The address changed: it is dialled anew. */
  redial(): void {
    this.failures = 0;
    this.close();
  }

  private async serve(control: Control, target: CarrierTarget): Promise<void> {
    if (this.ending.signal.aborted) return control.close();
    this.control = control;
    control.on('open', (stream) => void this.deliver(control, target, stream));
    const closed = new Promise<void>((resolve) => control.on('close', resolve));
    try {
      if (!(await this.tools.welcome(control))) return this.release();
      await this.tools.report((await otherVersion(control, target.url))?.message ?? null);
      if (!control.closed) await closed;
    } finally {
      this.close();
    }
  }

  private async deliver(control: Control, target: CarrierTarget, id: string): Promise<void> {
    try {
      const stream = await dialCarrier(target, id);
      if (control.closed) return void stream.destroy();
      this.streams.add(stream);
      stream.on('close', () => this.streams.delete(stream));
      this.tools.accept(stream);
    } catch (error) {
      logger.debug({ err: error, machineId: this.machineId }, 'a connection that a worker asked for was not made');
      control.send({ type: 'failed', stream: id });
    }
  }

  private async tell(error: unknown): Promise<void> {
    // An outage of the database is no news about the machine.
    if (error instanceof DialError && !this.ending.signal.aborted)
      await this.tools.report(error.message).catch(() => undefined);
    else logger.debug({ err: error, machineId: this.machineId }, 'a machine was not dialled');
  }

  private close(control = this.control): void {
    this.control = null;
    control?.close();
    for (const stream of this.streams) stream.destroy();
  }
}
