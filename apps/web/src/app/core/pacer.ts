/** Hands on what comes at most once per `ms`: the first at once, all that comes meanwhile together. */
export class Pacer<T> {
  private waiting: T[] = [];
  private resting = false;

  constructor(
    private readonly ms: number,
    private readonly take: (items: T[]) => void,
  ) {}

  push(item: T): void {
    this.waiting.push(item);
    if (!this.resting) this.handOn();
  }

  /** What waits, now: before something newer is taken past it. */
  flush(): void {
    const items = this.waiting;
    if (items.length === 0) return;
    this.waiting = [];
    this.take(items);
  }

  private handOn(): void {
    this.flush();
    this.resting = true;
    setTimeout(() => {
      this.resting = false;
      if (this.waiting.length > 0) this.handOn();
    }, this.ms);
  }
}
