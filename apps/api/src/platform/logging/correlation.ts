import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();

/** The id that joins all log lines of one request, or null outside of one. */
export function correlationId(): string | null {
  return storage.getStore() ?? null;
}

/** Runs `work`, and all that it awaits, under an id. */
export function withCorrelationId<T>(id: string, work: () => T): T {
  return storage.run(id, work);
}

/** The caller's id when it is a plain word, else a new one. */
export function acceptedCorrelationId(given: unknown): string {
  return typeof given === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(given) ? given : randomUUID();
}
