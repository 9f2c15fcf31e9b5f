import type { Direction, Gate } from './fault-proxy.js';

/** A command on its way to the database, or the answer to it. */
export interface Passing {
  direction: Direction;
  /** As in `insert runs`. */
  command: string;
}

const HEADER_BYTES = 16;
const OP_MSG = 2013;

/**
 * Takes the messages of MongoDB's wire protocol out of the pieces of a connection; `see` decides of each whether it
 * goes on.
 */
export function databaseGate(see: (passing: Passing) => Promise<boolean>): Gate {
  const rest: Record<Direction, Buffer> = { request: Buffer.alloc(0), reply: Buffer.alloc(0) };
  const asked = new Map<number, string>();
  return async (direction, piece) => {
    let buffer = Buffer.concat([rest[direction], piece]);
    let passes = true;
    while (buffer.length >= 4 && buffer.length >= buffer.readInt32LE(0)) {
      const message = buffer.subarray(0, buffer.readInt32LE(0));
      buffer = buffer.subarray(message.length);
      const command = direction === 'request' ? commandOf(message) : asked.get(message.readInt32LE(8));
      if (command === undefined) continue;
      if (direction === 'request') asked.set(message.readInt32LE(4), command);
      passes &&= await see({ direction, command });
    }
    rest[direction] = buffer;
    return passes;
  };
}

/** The first element of the command's document is its name with the collection. */
function commandOf(message: Buffer): string | undefined {
  if (message.readInt32LE(12) !== OP_MSG) return undefined;
  const element = HEADER_BYTES + 4 + 1 + 4;
  const nameEnd = message.indexOf(0, element + 1);
  const name = message.toString('latin1', element + 1, nameEnd);
  // 2: a string, which is the collection.
  if (message[element] !== 2) return name;
  const length = message.readInt32LE(nameEnd + 1);
  return `${name} ${message.toString('latin1', nameEnd + 5, nameEnd + 4 + length)}`;
}
