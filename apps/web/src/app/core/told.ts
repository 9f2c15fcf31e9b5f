interface Known {
  id: string;
}

/**
 * Remembers of what events told. A list that was asked for before an event may be older than it, and is not told again:
 * of those items it does not count.
 */
export class Told {
  private now = 0;
  private readonly times = new Map<string, number>();

  /** An event told of this one, be it that it is gone. */
  note(id: string): void {
    this.times.set(id, ++this.now);
  }

  /** To be called as a list is asked for. Whether an event told of one since. */
  sinceNow(): (id: string) => boolean {
    const asked = this.now;
    return (id) => (this.times.get(id) ?? 0) > asked;
  }
}

/** The list as it is now, with what is known of those that events told of since it was asked for. */
export function withNewer<T extends Known>(
  list: readonly T[],
  known: ReadonlyMap<string, T>,
  isNewer: (id: string) => boolean,
): ReadonlyMap<string, T> {
  return new Map([
    ...list.filter(({ id }) => !isNewer(id)).map((item) => [item.id, item] as const),
    ...[...known].filter(([id]) => isNewer(id)),
  ]);
}
