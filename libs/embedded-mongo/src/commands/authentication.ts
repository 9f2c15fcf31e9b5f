import { createHash, timingSafeEqual } from 'node:crypto';
import { Binary } from 'bson';
import type { Document } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';

/** What a driver asks before it logs in. */
const OPEN_TO_ALL: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster', 'saslStart']);

/**
 * Which connections have shown the secret. They show it by SASL PLAIN, as a password: a unix socket has no listeners on
 * the way.
 */
export class Authentication {
  private readonly digest: Buffer;
  private readonly shown = new Set<number>();

  constructor(secret: string) {
    this.digest = digestOf(secret);
  }

  /** @throws CommandError where the secret has to be shown first. */
  require(command: string, connectionId: number): void {
    if (!OPEN_TO_ALL.has(command) && !this.shown.has(connectionId))
      throw new CommandError('Unauthorized', `command ${command} requires authentication`);
  }

  /** The command `saslStart`, which is all that PLAIN needs. */
  start(body: Document, connectionId: number): Document {
    const { mechanism, payload } = body;
    if (mechanism !== 'PLAIN')
      throw new CommandError('MechanismUnavailable', `Received authentication for mechanism ${String(mechanism)}`);
    // [identity to act as] NUL name NUL password: RFC 4616. There is one secret, and the names do not matter.
    const [, , password = ''] =
      payload instanceof Binary ? Buffer.from(payload.buffer).toString('utf8').split('\0') : [];
    if (!timingSafeEqual(digestOf(password), this.digest))
      throw new CommandError('AuthenticationFailed', 'Authentication failed.');
    this.shown.add(connectionId);
    return { conversationId: 1, done: true, payload: new Binary() };
  }

  forget(connectionId: number): void {
    this.shown.delete(connectionId);
  }
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
