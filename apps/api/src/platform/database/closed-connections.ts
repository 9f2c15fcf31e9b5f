import { createRequire } from 'node:module';
import { mongo } from 'mongoose';

/** What we need to know of a connection of the driver. */
interface Connection {
  readonly closed: boolean;
  readonly socket: NodeJS.EventEmitter;
  writeCommand: (this: Connection, ...args: unknown[]) => Promise<void>;
}

const CLOSED = 'the connection to the database closed before the command was sent';

/**
 * Fails a command whose connection closes while it is being written. The driver (7.8) waits for 'drain' then, which
 * a closed socket never emits: the command, and the run behind it, would hang for ever after a restart of the database.
 * An error of the socket in that moment reaches the caller as it is: nobody would take it for an outage, nor try again.
 */
export function failOnClosedConnections(): void {
  const { prototype } = (
    createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as { Connection: { prototype: Connection } }
  ).Connection;
  const write = prototype.writeCommand;
  prototype.writeCommand = async function (this: Connection, ...args) {
    if (this.closed) throw new mongo.MongoNetworkError(CLOSED);
    let onClose = (): void => undefined;
    const closed = new Promise<never>((_resolve, reject) => {
      onClose = () => reject(new mongo.MongoNetworkError(CLOSED));
      this.socket.once('close', onClose);
    });
    try {
      await Promise.race([write.apply(this, args), closed]);
    } catch (error) {
      throw isOfSocket(error) ? new mongo.MongoNetworkError(CLOSED, { cause: error }) : error;
    } finally {
      this.socket.off('close', onClose);
    }
  };
}

/** EPIPE, ECONNRESET and the like. */
function isOfSocket(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
