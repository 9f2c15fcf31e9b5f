import { ProblemError } from '../http/problem.js';

const RETRY_SECONDS = 10;

/** Counts connections, those of each address and all. */
export class ConnectionLimits {
  private readonly ofAddress = new Map<string, number>();
  private all = 0;

  constructor(private readonly limits: { perAddress: number; inAll: number }) {}

  /**
   * Counts one more until `leave`.
   * @throws ProblemError 429 or 503 where there is no room for it.
   */
  enter(address: string): void {
    const already = this.ofAddress.get(address) ?? 0;
    if (already >= this.limits.perAddress)
      throw refusal(429, 'sockets.too_many_of_address', 'Too many connections are open from your address.');
    if (this.all >= this.limits.inAll)
      throw refusal(503, 'sockets.too_many', 'Too many connections are open to this server.');
    this.ofAddress.set(address, already + 1);
    this.all++;
  }

  leave(address: string): void {
    const left = (this.ofAddress.get(address) ?? 0) - 1;
    if (left > 0) this.ofAddress.set(address, left);
    else this.ofAddress.delete(address);
    this.all--;
  }
}

const refusal = (status: number, code: string, sentence: string): ProblemError =>
  new ProblemError(status, code, `${sentence} Close some, or try again in a moment.`, undefined, {
    'Retry-After': String(RETRY_SECONDS),
  });
