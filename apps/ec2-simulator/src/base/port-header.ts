import type { Socket } from 'node:net';

const BYTES = 2;

/** The first bytes of a forwarded connection: the port that it is for. */
export function writePort(socket: Socket, port: number): void {
  const header = Buffer.alloc(BYTES);
  header.writeUInt16BE(port);
  socket.write(header);
}

/** Reads those bytes and leaves the rest in the stream; null where the connection ends before. */
export async function readPort(socket: Socket): Promise<number | null> {
  for (;;) {
    const header = socket.read(BYTES) as Buffer | null;
    if (header !== null) return header.length < BYTES ? null : header.readUInt16BE();
    if (socket.readableEnded || socket.destroyed) return null;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        for (const event of ['readable', 'end', 'close']) socket.off(event, done);
        resolve();
      };
      for (const event of ['readable', 'end', 'close']) socket.on(event, done);
    });
  }
}

/** Makes two connections one: what comes in at one goes out at the other, and they end together. */
export function joinSockets(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.on('error', () => other.destroy()).on('close', () => other.destroy());
  other.on('error', () => one.destroy()).on('close', () => one.destroy());
}
