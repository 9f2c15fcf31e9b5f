/**
 * Something happened in this process: whoever listens hears it at once, in the order in which they came. For what
 * other replicas have to hear take `EventsService`; for what must be done before the caller goes on, a `Hook`.
 */
export class Signal<Args extends unknown[]> {
  private readonly listeners = new Set<(...args: Args) => void>();

  on(listener: (...args: Args) => void): void {
    this.listeners.add(listener);
  }

  emit(...args: Args): void {
    for (const listener of this.listeners) listener(...args);
  }
}
