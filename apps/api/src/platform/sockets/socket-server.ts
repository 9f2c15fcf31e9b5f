import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Server } from 'socket.io';

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const SOCKET_IO_PATH = '/socket.io/';

/** The one socket.io server, and the other paths that take WebSockets. Long polling is not offered. */
@Injectable()
export class SocketServer implements OnApplicationBootstrap, OnModuleDestroy {
  readonly io = new Server({
    path: SOCKET_IO_PATH,
    transports: ['websocket'],
    serveClient: false,
    // Ours is the only upgrade listener: it knows all paths.
    destroyUpgrade: false,
    perMessageDeflate: false,
    maxHttpBufferSize: LIMITS.linkMessageBytes,
    pingInterval: 5_000,
    pingTimeout: 10_000,
  });
  private readonly handlers = new Map<string, UpgradeHandler>();

  constructor(private readonly host: HttpAdapterHost) {}

  /** Takes upgrade requests to `path`, which is compared whole. */
  onUpgrade(path: string, handler: UpgradeHandler): void {
    this.handlers.set(path, handler);
  }

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as HttpServer;
    this.io.attach(server);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
      const handler = this.handlers.get(path);
      if (handler) handler(request, socket, head);
      else if (path !== SOCKET_IO_PATH) {
        // Nobody else listens any more: a reset by the peer must not end the process.
        socket.on('error', () => socket.destroy());
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      }
    });
  }

  onModuleDestroy(): void {
    this.io.disconnectSockets(true);
    this.io.engine?.close();
  }
}
