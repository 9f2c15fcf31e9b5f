import { BSONError } from 'bson';
import type { Document } from '../bson/document.js';
import { MalformedBson } from '../bson/raw-document.js';
import type { Databases } from '../engine/database.js';
import { asCommandError } from '../engine/matcher.js';
import { CommandError, type ErrorName } from '../errors/command-error.js';
import type { Request } from '../wire/message.js';
import type { RequestHandler } from '../wire/socket-server.js';
import type { Authentication } from './authentication.js';
import { catalogCommands } from './catalog-commands.js';
import { type Command, CommandContext } from './command-context.js';
import type { CursorStore } from './cursor-store.js';
import { explainCommands } from './explain.js';
import { findAndModifyCommands } from './find-and-modify.js';
import { readCommands } from './read-commands.js';
import { refuseUnsupported, serverCommands } from './server-commands.js';
import { writeCommands } from './write-commands.js';

const commands = new Map<string, Command>(
  Object.entries({
    ...serverCommands,
    ...catalogCommands,
    ...readCommands,
    ...writeCommands,
    ...findAndModifyCommands,
    ...explainCommands,
  }),
);

/** Carries out the commands that clients send. */
export class Dispatcher implements RequestHandler {
  constructor(
    private readonly databases: Databases,
    private readonly cursors: CursorStore,
    private readonly authentication: Authentication,
    private readonly report: (error: unknown) => void,
  ) {}

  async handle(request: Request, connectionId: number): Promise<Document> {
    try {
      const name = Object.keys(request.body)[0] ?? '';
      this.authentication.require(name, connectionId);
      if (name === 'saslStart') return { ...this.authentication.start(request.body, connectionId), ok: 1 };
      const command = commands.get(name);
      if (command === undefined) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
      if (request.legacy && !HANDSHAKES.has(name))
        throw new CommandError(
          'CommandNotSupported',
          `Unsupported OP_QUERY command: ${name}. The client driver may require an upgrade.`,
        );
      refuseUnsupported(request.body);
      const context = new CommandContext(name, request.body, request.raw, connectionId, this.databases, this.cursors);
      return { ...(await command(context)), ok: 1 };
    } catch (error) {
      return this.errorAnswer(error);
    }
  }

  /** Cursors outlive their connection, as drivers may fetch the rest over another one. */
  connectionClosed(connectionId: number): void {
    this.authentication.forget(connectionId);
  }

  private errorAnswer(error: unknown): Document {
    const known = toCommandError(error);
    if (known.codeName === 'InternalError') this.report(error);
    return { ok: 0, errmsg: known.message, code: known.code, codeName: known.codeName, ...known.details };
  }
}

const HANDSHAKES: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster', 'ping', 'buildInfo']);

function toCommandError(error: unknown): CommandError {
  const known = asCommandError(error);
  if (known instanceof CommandError) return known;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BSONError || error instanceof MalformedBson) return new CommandError('BadValue', message);
  return new CommandError(storageError(message), message);
}

/**
 * A full disk is the client's to know about; it may free space and try again. LMDB reports a half-written page as an
 * input/output error.
 */
function storageError(message: string): ErrorName {
  return /MDB_MAP_FULL|No space left|ENOSPC|Disk quota|File too large|Input\/output error/i.test(message)
    ? 'OutOfDiskSpace'
    : 'InternalError';
}
