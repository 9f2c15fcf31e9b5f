import { once } from 'node:events';
import {
  type AddressInfo,
  createConnection,
  createServer,
  type NetConnectOpts,
  type Server,
  type Socket,
} from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Direction = 'request' | 'reply';
/**
 * Sees each piece of one connection on its way, and holds it back until it resolves. False: the piece does not go on.
 */
export type Gate = (direction: Direction, bytes: Buffer) => Promise<boolean>;

interface Pair {
  near: Socket;
  far: Socket;
}

/** Stands between two parts and does to their connections what networks do. */
export class FaultProxy {
  /** Each piece arrives later by so much. */
  delayMs = 0;
  /** Makes the gate of a new connection. */
  gate: (() => Gate) | null = null;
  private stalled = false;
  private refusing = false;
  private released: (() => void)[] = [];
  private readonly pairs = new Set<Pair>();

  private constructor(
    private readonly server: Server,
    private readonly target: NetConnectOpts,
  ) {
    server.on('connection', (near: Socket) => this.connect(near));
  }

  /** Listens at a port of its own, or at a path. */
  static async between(target: NetConnectOpts, path?: string): Promise<FaultProxy> {
    const server = createServer();
    server.listen(path ?? { port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    return new FaultProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Half-open: both ends believe in their connections, and nothing passes, also not the news of an end. */
  stall(): void {
    this.stalled = true;
  }

  /** What was held passes now, however old it is. */
  release(): void {
    this.stalled = false;
    for (const go of this.released.splice(0)) go();
  }

  /** Ends all connections by a reset. */
  reset(): void {
    for (const { near, far } of this.pairs) for (const socket of [near, far]) socket.resetAndDestroy();
  }

  /** Ends all connections, and each new one at once. */
  cut(): void {
    this.refusing = true;
    this.reset();
  }

  mend(): void {
    this.refusing = false;
  }

  close(): void {
    this.server.close();
    this.release();
    for (const { near, far } of this.pairs) for (const socket of [near, far]) socket.destroy();
  }

  private connect(near: Socket): void {
    near.on('error', () => undefined);
    if (this.refusing) {
      near.destroy();
      return;
    }
    const far = createConnection(this.target);
    far.on('error', () => undefined);
    const pair = { near, far };
    this.pairs.add(pair);
    const gate = this.gate?.() ?? null;
    void Promise.all([this.carry(near, far, 'request', gate), this.carry(far, near, 'reply', gate)]).then(() =>
      this.pairs.delete(pair),
    );
  }

  /** One piece after the other, so that what waits keeps its place. */
  private async carry(from: Socket, to: Socket, direction: Direction, gate: Gate | null): Promise<void> {
    let arrived = Promise.resolve();
    const deliver = async (piece: Buffer, due: number): Promise<void> => {
      await sleep(Math.max(0, due - performance.now()));
      await this.open();
      if (gate && !(await gate(direction, piece))) return;
      if (to.writable && !to.write(piece)) await drained(to);
    };
    const closed = new Promise((resolve) => from.once('close', resolve));
    from.on('data', (piece: Buffer) => {
      from.pause();
      const before = arrived;
      arrived = before.then(() => deliver(piece, performance.now() + this.delayMs));
      // With a delay several pieces are under way at once, as on a long line.
      void (this.delayMs > 0 ? before : arrived).then(() => from.resume());
    });
    await closed;
    await arrived.catch(() => undefined);
    await this.open();
    to.end();
    to.destroySoon();
  }

  private async open(): Promise<void> {
    while (this.stalled) await new Promise<void>((go) => this.released.push(go));
  }
}

/** An error of the socket is no concern of ours: it closes then. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
