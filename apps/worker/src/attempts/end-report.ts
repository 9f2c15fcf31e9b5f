import { setTimeout as delay } from 'node:timers/promises';
import { type AttemptRef, LIMITS } from '@mle/protocol';
import type { ExitRecord } from '../journal/records.js';
import type { OutputSender } from '../results/output/output-sender.js';
import type { Link } from '../server/link/link.js';
import type { AttemptResults } from './attempt-results.js';

/** Between the reports of an end that the server cannot take yet. */
const GAP_PAUSE_MS = 20;
const GAP_PAUSE_MAX_MS = 5_000;

/**
 * Sends the end of an attempt after its last byte and its last artifact, until the server has all of them or has the
 * attempt elsewhere. Answers how many artifacts there were.
 */
export async function reportEnd(
  link: Link,
  ref: AttemptRef,
  exit: ExitRecord,
  sender: OutputSender,
  results: AttemptResults,
  signal: AbortSignal,
): Promise<number> {
  // All of it before the end is reported: until then the journal has the attempt, and whoever follows this worker does
  // it again.
  let artifacts = await results.finish();
  for (let refusals = 0; ; refusals++) {
    // The state of the run may be changing on the server; what persists must not keep both busy.
    if (refusals > 0) await delay(Math.min(refusals * GAP_PAUSE_MS, GAP_PAUSE_MAX_MS), undefined, { signal });
    // What we noted about artifacts comes after the bytes that the supervisor counted at the end.
    const outputBytes = Math.max(exit.bytes, sender.availableBytes);
    const outputSha256 = await sender.finish(outputBytes, signal);
    const { outcome, exitCode, signal: killedBy, finishedAt } = exit;
    // The server takes no longer one, and would never answer.
    const reason = exit.reason?.slice(0, LIMITS.sentenceChars) ?? null;
    const end = { ...ref, outcome, exitCode, signal: killedBy, reason, finishedAt, outputBytes, outputSha256 };
    const reply = await link.insist(signal, () => link.finished({ ...end, artifacts }));
    if (reply.ok || reply.code === 'superseded') return artifacts.files;
    if (reply.code === 'gap') sender.resume(reply.expected);
    else {
      artifacts = await results.putAgain();
      sender.resume(outputBytes);
    }
  }
}
