import { randomInt } from 'node:crypto';

/** Random numbers that come again with the same seed, which stands in the output of the test. */
export class SeededRandom {
  readonly seed: number;
  private state: number;

  /** `MLE_FAULTS_SEED` repeats an earlier run. */
  constructor(what: string) {
    this.seed = Number(process.env['MLE_FAULTS_SEED'] ?? randomInt(2 ** 31));
    this.state = this.seed;
    process.stderr.write(`${what}: MLE_FAULTS_SEED=${this.seed}\n`);
  }

  /** At least 0, below 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T;
  }
}
