import type { WorkerToServer } from '@mle/protocol';
import type { z } from 'zod';
import { logger } from '../../platform/logging/logger.js';
import type { LinkSession } from './link-session.js';

/** Of one message in the log. */
const MOST_FAULTS = 3;
const MOST_FAULT_CHARS = 200;

export type WorkerEvent = keyof WorkerToServer;

type Parts<E extends WorkerEvent> = Parameters<WorkerToServer[E]>;
/** Bytes arrive as a Buffer. */
type Arrived<Sent extends unknown[]> = { [I in keyof Sent]: Sent[I] extends Uint8Array ? Buffer : Sent[I] };
/** All that comes with the event, but for the acknowledgement. */
type Content<E extends WorkerEvent> = Arrived<
  Parts<E> extends [...infer Sent, (reply: never) => void] ? Sent : Parts<E>
>;
type Reply<E extends WorkerEvent> = Parts<E> extends [...unknown[], (reply: infer R) => void] ? R : void;

/** How one message of workers is read, and what it means. */
interface LinkMessage<E extends WorkerEvent> {
  schema: z.ZodType<Content<E>>;
  handle: (session: LinkSession, ...content: Content<E>) => Promise<Reply<E>>;
  /** The answer to a message that does not fit the schema. Without one the worker waits in vain, and asks again. */
  invalid?: Reply<E>;
  /** The answer when `handle` fails. Without one the worker waits in vain, and asks again. */
  failed?: (error: unknown) => Reply<E>;
}

/** Every message of the protocol: one that is missing does not compile. */
export type LinkMessages = { [E in WorkerEvent]: LinkMessage<E> };

/** Reads what came with the event, hands it on and answers, where the worker waits for an answer. */
export async function receive<E extends WorkerEvent>(
  session: LinkSession,
  event: E,
  { schema, handle, invalid, failed }: LinkMessage<E>,
  received: readonly unknown[],
): Promise<void> {
  const last = received.at(-1);
  const answer = typeof last === 'function' ? (last as (reply: Reply<E>) => void) : null;
  const content = schema.safeParse(answer ? received.slice(0, -1) : received);
  const level = answer ? 'warn' : 'debug';
  if (!content.success) {
    const faults = faultsOf(content.error);
    logger[level]({ faults, machineId: session.machineId, event }, 'a message of a worker is not valid');
    if (invalid) answer?.(invalid);
    return;
  }
  try {
    const reply = await handle(session, ...content.data);
    answer?.(reply);
  } catch (error) {
    logger[level]({ err: error, machineId: session.machineId, event }, 'a message of a worker failed');
    if (failed) answer?.(failed(error));
  }
}

/** A few of them: a message can have as many as it has bytes, and names of its own in each. */
function faultsOf({ issues }: z.core.$ZodError): string[] {
  return issues
    .slice(0, MOST_FAULTS)
    .map(({ path, message }) => `${path.join('.')}: ${message}`.slice(0, MOST_FAULT_CHARS));
}

/** @throws when two parts of the table handle the same message: the server does not start. */
export function refuseDoubles(parts: readonly object[]): void {
  const events = parts.flatMap((part) => Object.keys(part));
  const doubled = events.filter((event, index) => events.indexOf(event) !== index);
  if (doubled.length > 0) throw new Error(`messages of workers have two handlers: ${doubled.join(', ')}`);
}
