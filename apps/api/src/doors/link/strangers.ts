import type { IncomingMessage } from 'node:http';
import { LIMITS, TIMING } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { ConnectionLimits } from '../../platform/sockets/connection-limits.js';

/** A connection that has yet to say a hello that is accepted. */
class Stranger {
  private bytes = 0;
  private late?: NodeJS.Timeout;

  constructor(
    private readonly request: IncomingMessage,
    private readonly proved: () => void,
  ) {}

  /** From now on the connection is read. */
  watch(): void {
    this.request.socket.on('data', this.count).on('close', () => this.end());
    this.await();
  }

  /** It has proved whose it is, and may send what the link carries. */
  prove(): void {
    this.request.socket.off('data', this.count);
    this.proved();
  }

  /** A hello is being answered, which may take longer than it may take to come. */
  async greet(answered: Promise<void>, isKnown: () => boolean): Promise<void> {
    clearTimeout(this.late);
    await answered;
    if (isKnown()) this.end();
    else this.await();
  }

  private end(): void {
    clearTimeout(this.late);
    this.prove();
  }

  private await(): void {
    clearTimeout(this.late);
    if (!this.request.socket.destroyed) this.late = setTimeout(() => this.request.socket.destroy(), TIMING.helloMs);
  }

  private readonly count = (piece: Buffer): void => {
    this.bytes += piece.length;
    if (this.bytes > LIMITS.strangerBytes) this.request.socket.destroy();
  };
}

/**
 * Connections to the link that have not said who they are: anybody may open one, so they are few, send little and
 * are soon over.
 */
@Injectable()
export class Strangers {
  private readonly limits = new ConnectionLimits({ perAddress: LIMITS.strangersPerAddress, inAll: LIMITS.strangers });
  private readonly present = new WeakMap<IncomingMessage, Stranger>();

  /** @throws ProblemError where there are too many of them. */
  admit(request: IncomingMessage, address: string): void {
    this.limits.enter(address);
    let counted = true;
    const leave = (): void => {
      if (counted) this.limits.leave(address);
      counted = false;
    };
    request.socket.once('close', leave);
    this.present.set(request, new Stranger(request, leave));
  }

  of(request: IncomingMessage): Stranger | undefined {
    return this.present.get(request);
  }
}
