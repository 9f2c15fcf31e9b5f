import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type Document } from '../bson/document.js';
import { FrameReader } from './frame-reader.js';
import { encodeReply, MalformedMessage, parseMessage, type Request } from './message.js';
import { encodeAnswer } from './reply.js';

/** What answers the requests of a connection. */
export interface RequestHandler {
  handle(request: Request, connectionId: number): Promise<Document>;
  connectionClosed(connectionId: number): void;
}

/** A client that sends faster than it is answered is not read from for a while. */
const MOST_WAITING = 16;

/** Listens on a unix socket and hands each request to the handler, one at a time per connection. */
export class SocketServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly working = new Set<Promise<void>>();
  private nextConnection = 1;
  private nextReply = 1;
  private stopping = false;

  constructor(
    private readonly path: string,
    private readonly handler: RequestHandler,
  ) {
    this.server = createServer((socket) => this.accept(socket));
  }

  /** A socket file that a killed process left behind is in nobody's use: the data lock is held by now. */
  listen(): Promise<void> {
    rmSync(this.path, { force: true });
    return new Promise((resolve, reject) => {
      const mask = process.umask(0o177);
      this.server.once('error', reject);
      this.server.listen(this.path, () => {
        process.umask(mask);
        chmodSync(this.path, 0o600);
        resolve();
      });
    });
  }

  /** Finishes the requests that are being worked on, answers them, and closes all connections. */
  async close(): Promise<void> {
    this.stopping = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    await Promise.all(this.working);
    for (const socket of this.sockets) socket.end(() => socket.destroy());
    const patience = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), 500);
    await closed;
    clearTimeout(patience);
    rmSync(this.path, { force: true });
  }

  private accept(socket: Socket): void {
    const id = this.nextConnection++;
    const reader = new FrameReader();
    let tail = Promise.resolve();
    let waiting = 0;
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.handler.connectionClosed(id);
    });
    socket.on('data', (chunk) => {
      try {
        for (const message of reader.push(chunk)) {
          const request = parseMessage(message);
          if (++waiting >= MOST_WAITING) socket.pause();
          tail = this.track(tail.then(() => this.answer(socket, request, id))).then(() => {
            if (--waiting < MOST_WAITING && socket.isPaused()) socket.resume();
          });
        }
      } catch (error) {
        // Whatever else comes on this connection cannot be understood; the others are not concerned.
        if (!(error instanceof MalformedMessage)) throw error;
        socket.destroy();
      }
    });
  }

  private track(work: Promise<void>): Promise<void> {
    this.working.add(work);
    return work.finally(() => this.working.delete(work));
  }

  private async answer(socket: Socket, request: Request, connectionId: number): Promise<void> {
    if (this.stopping) return;
    const answer = await this.handler.handle(request, connectionId);
    if (request.silent || socket.destroyed) return;
    socket.cork();
    let flowing = true;
    for (const part of encodeReply(request, encodeAnswer(answer), this.nextReply++)) flowing = socket.write(part);
    socket.uncork();
    if (!flowing) await drained(socket);
  }
}

/** A client that does not read its answers gets no further ones worked out. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
