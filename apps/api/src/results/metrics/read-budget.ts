/** Of the time of one core, for one run. */
const SHARE = 0.1;
/** What may be saved up: a burst of lines is read whole. */
const SAVED_MS = 5_000;
/** What one long piece may cost beyond that: after this time at the most, reading goes on. */
const DEBT_MS = 1_000;

/** Keeps the reading of one run's numbers below a tenth of a core, whatever other runs print. */
export class ReadBudget {
  private saved: number;
  private at: number;

  constructor(
    private readonly most = SAVED_MS,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.saved = most;
    this.at = now();
  }

  /** Whether there is time left to read more. */
  get left(): boolean {
    this.save();
    return this.saved > 0;
  }

  /** Runs the work, which does not wait, and pays for it. */
  spend(work: () => void): void {
    const start = this.now();
    work();
    const end = this.now();
    this.save();
    this.saved = Math.max(-DEBT_MS * SHARE, this.saved - (end - start));
  }

  private save(): void {
    const now = this.now();
    this.saved = Math.min(this.most, this.saved + (now - this.at) * SHARE);
    this.at = now;
  }
}
