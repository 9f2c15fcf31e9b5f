import type { AttemptRef } from '@mle/protocol';
import { deliveryId } from '@mle/protocol';

/** The name of an attempt in the journal, in the supervisor and in the queue. */
export function attemptKey(ref: AttemptRef): string {
  return deliveryId(ref.runId, ref.attempt);
}

/** The reverse of `attemptKey`, or null when the text names no attempt. */
export function parseAttemptKey(key: string): AttemptRef | null {
  const match = /^([0-9a-f]{24})-([1-9][0-9]{0,8})$/.exec(key);
  return match === null ? null : { runId: match[1] as string, attempt: Number(match[2]) };
}
