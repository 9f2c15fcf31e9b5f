/** Of the time of one core. */
const SHARE = 0.1;
/** What may be saved up: a burst of lines is read whole. */
const SAVED_MS = 5_000;

/** Keeps the reading of numbers below a tenth of a core, for all runs of this process together. */
export class ReadBudget {
  private saved: number;
  private at: number;

  constructor(
    private readonly most = SAVED_MS,
    private readonly now: () => number = () => performance.now(),
    private readonly used: () => number = cpuMs,
  ) {
    this.saved = most;
    this.at = now();
  }

  /** Whether there is time left to read more. */
  get left(): boolean {
    this.save();
    return this.saved > 0;
  }

  /** Runs the work and pays for it. */
  spend(work: () => void): void {
    const start = this.used();
    work();
    this.save();
    this.saved -= this.used() - start;
  }

  private save(): void {
    const now = this.now();
    this.saved = Math.min(this.most, this.saved + (now - this.at) * SHARE);
    this.at = now;
  }
}

/** Not the time that passes: on a busy machine the work waits, which costs nothing. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
