import { readStat, TICKS_PER_SECOND } from '@mle/process/stat.mjs';

/** Where the processor's time goes: of each part of the product between two moments. Empty where there is no /proc. */
export class CpuMeter {
  constructor(product) {
    this.product = product;
    this.before = this.#read();
  }

  /** One line: milliseconds of each part per one of `count`. */
  perOne(count, what) {
    const now = this.#read();
    const parts = [...now].map(
      ([name, seconds]) => `${name} ${(((seconds - (this.before.get(name) ?? 0)) * 1000) / count).toFixed(1)}`,
    );
    return parts.length === 0 ? '' : `processor time per ${what} in ms: ${parts.join(', ')}`;
  }

  #read() {
    const times = new Map();
    for (const { name, pid } of this.product.pids()) {
      const stat = readStat(pid);
      if (stat !== null) times.set(name, stat.ticks / TICKS_PER_SECOND);
    }
    return times;
  }
}
