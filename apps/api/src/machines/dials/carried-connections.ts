import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Takes connections that this server has dialled as if the worker had dialled them. They come to the link and
 * the queue, the two that upgrade; nothing else of the server is behind them.
 */
@Injectable()
export class CarriedConnections implements OnModuleDestroy {
  private readonly streams = new Set<Duplex>();
  private readonly server: Server;

  constructor(host: HttpAdapterHost) {
    this.server = createServer((_request, response) => response.writeHead(404, { connection: 'close' }).end());
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
