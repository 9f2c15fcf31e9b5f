import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** The worker of this server's version. */
const FILES = new Set(['/worker/worker.mjs', '/worker/install.sh']);

/**
 * Takes connections that this server has dialled as if the worker had dialled them. They come to the link and
 * the queue, the two that upgrade, and to the files of the worker; nothing else of the server is behind them.
 */
@Injectable()
export class CarriedConnections implements OnModuleDestroy {
  private readonly streams = new Set<Duplex>();
  private readonly server: Server;

  constructor(host: HttpAdapterHost) {
    this.server = createServer((request, response) => {
      if (!FILES.has(request.url ?? '')) return response.writeHead(404, { connection: 'close' }).end();
      // A dialled worker knows no name of this server.
      request.headers.host = 'localhost';
      return (host.httpAdapter.getHttpServer() as Server).emit('request', request, response);
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      (host.httpAdapter.getHttpServer() as Server).emit('upgrade', request, socket, head);
    });
  }

  accept(stream: Duplex): void {
    this.streams.add(stream);
    stream.on('close', () => this.streams.delete(stream));
    this.server.emit('connection', stream);
  }

  onModuleDestroy(): void {
    for (const stream of this.streams) stream.destroy();
  }
}
