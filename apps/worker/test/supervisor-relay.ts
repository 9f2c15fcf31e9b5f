import { readFileSync, writeFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonLines, writeJsonLine } from '../src/base/json-lines.js';

const RecordSchema = z.looseObject({ socket: z.string() });
const AskedSchema = z.object({ id: z.int(), request: z.object({ op: z.string() }) });
const SaidSchema = z.union([z.object({ id: z.int() }), z.object({ event: z.string() })]);

/** Stands between the next worker of a data directory and its supervisor. */
export class SupervisorRelay {
  private readonly server: Server;
  private readonly sockets: Socket[] = [];

  private constructor(
    private readonly supervisor: string,
    private readonly path: string,
    private readonly onOpen: (() => void) | null,
  ) {
    this.server = createServer((worker) => this.carry(worker));
  }

  /**
   * `onOpen`: the worker has asked for an attempt. The answer to the first such question waits then for the news of an
   * end, and both arrive in one piece.
   */
  static async between(dataDir: string, onOpen: (() => void) | null = null): Promise<SupervisorRelay> {
    const file = join(dataDir, 'supervisor.json');
    const record = RecordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const relay = new SupervisorRelay(record.socket, join(dataDir, 'relay.sock'), onOpen);
    await relay.mend();
    writeFileSync(file, JSON.stringify({ ...record, socket: relay.path }));
    return relay;
  }

  /** Takes connections, again after a cut. */
  async mend(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.path, resolve));
  }

  /** Ends the connections, and takes no more. */
  cut(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private carry(worker: Socket): void {
    const real = createConnection(this.supervisor);
    this.sockets.push(worker, real);
    let opened: number | null = null;
    let held: unknown = null;
    readJsonLines(worker, (asked) => {
      const { id, request } = AskedSchema.parse(asked);
      if (this.onOpen !== null && request.op === 'open' && opened === null) {
        opened = id;
        this.onOpen();
      }
      writeJsonLine(real, asked);
    });
    readJsonLines(real, (said) => {
      const message = SaidSchema.parse(said);
      if ('id' in message && message.id === opened && held === null) held = said;
      else if ('event' in message && message.event === 'ended' && held !== null)
        worker.write(`${JSON.stringify(said)}\n${JSON.stringify(held)}\n`);
      else writeJsonLine(worker, said);
    });
    worker.on('close', () => real.destroy());
    for (const socket of [worker, real]) socket.on('error', () => undefined);
  }
}
