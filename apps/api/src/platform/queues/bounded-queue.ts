/** There is no room in the line any more. */
export class QueueFull extends Error {}

/** Runs so many pieces of work at a time, in the order in which they came; so many more wait, and the next is refused. */
export class BoundedQueue {
  private running = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly waiting: number,
  ) {}

  /** @throws QueueFull without having begun. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running++;
    else if (this.line.length < this.waiting) await new Promise<void>((begin) => this.line.push(begin));
    else throw new QueueFull('the line is full');
    try {
      return await work();
    } finally {
      // The place passes on to the next in line.
      const next = this.line.shift();
      if (next) next();
      else this.running--;
    }
  }
}
