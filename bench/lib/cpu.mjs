import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

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
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        // Of its own and of the children that it has waited for.
        times.set(name, [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) / TICKS_PER_SECOND);
      } catch {
        // Another system, or a part that ended.
      }
    }
    return times;
  }
}
