/**
 * What others have to do before the caller goes on: each is awaited in the order in which they came, and an error of
 * one reaches the caller. For what nobody waits for take a `Signal`.
 */
export class Hook<Args extends unknown[]> {
  private readonly handlers: ((...args: Args) => Promise<void> | void)[] = [];

  add(handler: (...args: Args) => Promise<void> | void): void {
    this.handlers.push(handler);
  }

  async run(...args: Args): Promise<void> {
    for (const handler of this.handlers) await handler(...args);
  }
}
