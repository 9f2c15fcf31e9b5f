import { isDeepStrictEqual } from 'node:util';
import type { Inventory } from '@mle/protocol';

const EVERY_MS = 10 * 60_000;

/**
 * Looks at the machine again from time to time: what is installed, plugged in or filled up meanwhile shows without a
 * restart.
 */
export class InventoryWatch {
  private looking: Promise<Inventory> | null = null;
  private next: Promise<Inventory> | null = null;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private last: Inventory,
    private readonly take: (before: Inventory) => Promise<Inventory>,
    private readonly onChange: (inventory: Inventory) => void,
    everyMs: number,
  ) {
    this.timer = setInterval(() => void this.look(), everyMs);
    this.timer.unref();
  }

  static async start(
    take: (before?: Inventory) => Promise<Inventory>,
    onChange: (inventory: Inventory) => void,
    everyMs = EVERY_MS,
  ): Promise<InventoryWatch> {
    return new InventoryWatch(await take(), take, onChange, everyMs);
  }

  get current(): Inventory {
    return this.last;
  }

  /**
   * Answers what is there now: who asks during a look gets the answer of the next, as that one may have passed by what
   * is new.
   */
  look(): Promise<Inventory> {
    if (this.looking === null) {
      this.looking = this.lookOnce().finally(() => (this.looking = null));
      return this.looking;
    }
    this.next ??= this.looking.then(() => {
      this.next = null;
      return this.look();
    });
    return this.next;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async lookOnce(): Promise<Inventory> {
    const now = await this.take(this.last);
    const changed = !isDeepStrictEqual(now, this.last);
    this.last = now;
    if (changed) this.onChange(now);
    return now;
  }
}
