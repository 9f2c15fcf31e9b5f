import { hash, verify } from '@node-rs/argon2';
import { ProblemError } from '../../platform/http/problem.js';
import { BoundedQueue, QueueFull } from '../../platform/queues/bounded-queue.js';

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The library's default algorithm is argon2id.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of the four threads that the process has for such work and for files, the other two stay with the files. */
const AT_ONCE = 2;
/** A few seconds' worth on a slow computer. */
const WAITING = 32;
const RETRY_SECONDS = 2;
const line = new BoundedQueue(AT_ONCE, WAITING);

/** @throws ProblemError 503 when too many passwords wait already. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, COST));

let decoy: Promise<string> | undefined;

/**
 * Without a hash the same work is done on a decoy, so that the time does not tell whether a login exists.
 * @throws ProblemError 503 when too many passwords wait already.
 */
export async function passwordMatches(passwordHash: string | null, password: string): Promise<boolean> {
  const compared = passwordHash ?? (await (decoy ??= hash('no password is this one', COST)));
  const matches = await inTurn(() => verify(compared, password));
  return passwordHash !== null && matches;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await line.run(work);
  } catch (error) {
    if (!(error instanceof QueueFull)) throw error;
    throw new ProblemError(
      503,
      'auth.busy',
      'Too many people log in at this moment. Try again in a few seconds.',
      undefined,
      { 'Retry-After': String(RETRY_SECONDS) },
    );
  }
}
