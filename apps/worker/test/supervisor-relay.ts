import { readFileSync, writeFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonLines, writeJsonLine } from '../src/base/json-lines.js';

const RecordSchema = z.looseObject({ socket: z.string() });
const AskedSchema = z.object({ id: z.int(), request: z.object({ op: z.string() }) });
const SaidSchema = z.union([z.object({ id: z.int() }), z.object({ event: z.string() })]);

/**
 * Stands between the next worker of a data directory and its supervisor. The answer to the first `open` waits for the
 * news of an end, and both arrive in one piece.
 */
export class SupervisorRelay {
  private readonly server: Server;
  private readonly sockets: Socket[] = [];

  private constructor(supervisor: string, onOpen: () => void) {
    this.server = createServer((worker) => {
      const real = createConnection(supervisor);
      this.sockets.push(worker, real);
      let opened: number | null = null;
      let held: unknown = null;
      readJsonLines(worker, (asked) => {
        const { id, request } = AskedSchema.parse(asked);
        if (request.op === 'open' && opened === null) {
          opened = id;
          onOpen();
        }
        writeJsonLine(real, asked);
      });
      readJsonLines(real, (said) => {
        const message = SaidSchema.parse(said);
        if ('id' in message && message.id === opened && held === null) held = said;
        else if ('event' in message && message.event === 'ended')
          worker.write(`${JSON.stringify(said)}\n${JSON.stringify(held)}\n`);
        else writeJsonLine(worker, said);
      });
      worker.on('close', () => real.destroy());
      for (const socket of [worker, real]) socket.on('error', () => undefined);
    });
  }

  /** `onOpen`: the worker has asked for an attempt. */
  static async between(dataDir: string, path: string, onOpen: () => void): Promise<SupervisorRelay> {
    const file = join(dataDir, 'supervisor.json');
    const record = RecordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const relay = new SupervisorRelay(record.socket, onOpen);
    await new Promise<void>((resolve) => relay.server.listen(path, resolve));
    writeFileSync(file, JSON.stringify({ ...record, socket: path }));
    return relay;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
