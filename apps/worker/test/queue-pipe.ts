import type { IncomingMessage, Server } from 'node:http';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { QUEUE_PATH } from '@mle/protocol';
import type { RedisServer } from '@mle/testing';
import { createWebSocketStream, WebSocketServer } from 'ws';

const AUTHORIZED = '+OK\r\n';

/** Connects the worker's queue WebSockets with Redis, and notes the commands that pass. */
export class QueuePipe {
  /** Names of the commands; for scripts, the name and the text or the hash. */
  readonly commands: string[][] = [];
  /** Connections so far. */
  opened = 0;
  private readonly sockets = new Set<Duplex>();
  private readonly server = new WebSocketServer({ noServer: true });

  constructor(
    http: Server,
    private readonly redis: RedisServer,
    private readonly admits: (authorization: string | undefined) => boolean,
  ) {
    http.on('upgrade', (request, socket, head) => {
      if (new URL(request.url ?? '/', 'http://x').pathname === QUEUE_PATH) this.upgrade(request, socket, head);
    });
  }

  /** Connections are closed as if the server were away. */
  refuses = false;
  refused = 0;

  get openNow(): number {
    return this.sockets.size;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.refuses) {
      this.refused++;
      socket.destroy();
      return;
    }
    if (!this.admits(request.headers.authorization)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      this.sockets.add(socket);
      this.opened++;
      const stream = createWebSocketStream(webSocket);
      const redis = createConnection(this.redis.socket);
      redis.write(`AUTH ${this.redis.password}\r\n`);
      let rest: Buffer = Buffer.alloc(0);
      stream.on('data', (bytes: Buffer) => {
        rest = this.note(Buffer.concat([rest, bytes]));
        redis.write(bytes);
      });
      // The first answer is that to AUTH, of which the worker knows nothing.
      redis.once('data', (first: Buffer) => {
        if (first.length > AUTHORIZED.length) stream.write(first.subarray(AUTHORIZED.length));
        redis.on('data', (bytes) => stream.write(bytes));
      });
      const close = (): void => {
        this.sockets.delete(socket);
        redis.destroy();
        stream.destroy();
      };
      for (const end of [stream, redis]) end.on('end', close).on('close', close).on('error', close);
    });
  }

  /** Reads whole RESP arrays of bulk strings; returns what is left. */
  private note(bytes: Buffer): Buffer {
    for (;;) {
      const parsed = parseCommand(bytes);
      if (parsed === null) return bytes;
      this.commands.push(parsed.words.slice(0, 2));
      bytes = bytes.subarray(parsed.length);
    }
  }
}

function parseCommand(bytes: Buffer): { words: string[]; length: number } | null {
  const text = bytes.toString('latin1');
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return null;
  let at = head[0].length;
  const words: string[] = [];
  for (let i = 0; i < Number(head[1]); i++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at, at + 32));
    if (size === null || text.length < at + size[0].length + Number(size[1]) + 2) return null;
    at += size[0].length;
    words.push(text.slice(at, at + Number(size[1])));
    at += Number(size[1]) + 2;
  }
  return { words, length: at };
}
