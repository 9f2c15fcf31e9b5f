import type { Socket } from 'node:net';

/** Calls `onLine` with each line's JSON; a line that is none ends the connection. */
export function readJsonLines(socket: Socket, onLine: (value: unknown) => void): void {
  let rest: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8');
      rest = [];
      from = end + 1;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      onLine(value);
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  });
}

export function writeJsonLine(socket: Socket, value: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
}
