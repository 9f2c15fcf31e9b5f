const LONGEST_TIMER = 2_000_000_000;

interface Task {
  at: number;
  act: () => void;
  timer: NodeJS.Timeout | null;
}

/** The time of the simulation: the computer's, moved forward by whoever asks for it. All that has a time follows it. */
export class Clock {
  private offset = 0;
  private readonly tasks = new Set<Task>();
  private readonly movers = new Set<(offset: number) => void>();

  now(): number {
    return Date.now() + this.offset;
  }

  date(): Date {
    return new Date(this.now());
  }

  /** How far it is ahead of the computer's time, in milliseconds. */
  get ahead(): number {
    return this.offset;
  }

  /** Does something later; the answer takes that back. */
  after(delayMs: number, act: () => void): () => void {
    const task: Task = { at: this.now() + delayMs, act, timer: null };
    this.tasks.add(task);
    this.arm(task);
    return () => this.drop(task);
  }

  advance(byMs: number): void {
    this.offset += byMs;
    for (const mover of this.movers) mover(this.offset);
    for (const task of this.tasks) this.arm(task);
  }

  onMove(act: (offset: number) => void): void {
    this.movers.add(act);
  }

  clear(): void {
    for (const task of [...this.tasks]) this.drop(task);
  }

  private arm(task: Task): void {
    if (task.timer !== null) clearTimeout(task.timer);
    const wait = Math.min(Math.max(0, task.at - this.now()), LONGEST_TIMER);
    task.timer = setTimeout(() => {
      if (this.now() < task.at) return this.arm(task);
      this.tasks.delete(task);
      task.act();
    }, wait);
  }

  private drop(task: Task): void {
    if (task.timer !== null) clearTimeout(task.timer);
    this.tasks.delete(task);
  }
}
