import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS, TIMING } from '@mle/protocol';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Server as Engine } from 'engine.io';
import type { Express, Request } from 'express';
import { Server } from 'socket.io';
import { CONFIG, type Config } from '../config/config.js';
import { KnownHosts } from '../http/known-hosts.js';
import { networkOf } from '../http/network-of.js';
import { notFound } from '../http/problem.js';
import { refuseOtherPages, refuseOtherSites } from '../http/same-origin.js';
import { ConnectionLimits } from './connection-limits.js';
import { packetParser } from './packet-parser.js';
import { refuseUpgrade } from './refuse-upgrade.js';

/** Takes the connection of an upgrade request. What it throws is the answer to the request. */
type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

interface Endpoint {
  /** Ends in a slash. */
  path: string;
  /** Of one message, also of one that has only begun to come. */
  maxMessageBytes: number;
  maxAttachments: number;
  /** For browsers: reached by a name of this server only. Workers prove themselves instead, by whatever name they came. */
  forBrowsers: boolean;
  /** Decides at the handshake who may come in. What it throws is the answer to the handshake. */
  admit: (request: IncomingMessage, address: string) => Promise<void> | void;
}

/** The one listener for WebSockets: it knows all paths, and how many may be open. Long polling is not offered. */
@Injectable()
export class SocketServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly handlers = new Map<string, UpgradeHandler>();
  private readonly servers: Server[] = [];
  private readonly limits = new ConnectionLimits({ perAddress: LIMITS.socketsPerAddress, inAll: LIMITS.sockets });

  private readonly knownHosts: KnownHosts;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.knownHosts = new KnownHosts(config);
  }

  /** Takes upgrade requests to `path`, which is compared whole. */
  onUpgrade(path: string, handler: UpgradeHandler): void {
    this.handlers.set(path, handler);
  }

  /** A socket.io server at a path of its own. */
  endpoint({ path, maxMessageBytes, maxAttachments, forBrowsers, admit }: Endpoint): Server {
    const engine = new Engine({
      transports: ['websocket'],
      perMessageDeflate: false,
      maxHttpBufferSize: maxMessageBytes,
      pingInterval: 5_000,
      pingTimeout: 10_000,
    });
    const io = new Server({
      serveClient: false,
      connectTimeout: TIMING.helloMs,
      parser: packetParser(maxAttachments),
    }).bind(engine);
    // It is always there, and open to everybody unless it is said.
    io.of('/').use((_socket, next) => next(new Error('This server has no such namespace.')));
    this.onUpgrade(path, async (request, socket, head) => {
      if (forBrowsers) {
        this.knownHosts.refuseOthers(request.headers);
        refuseOtherPages(request.headers, this.config.publicUrl);
      }
      await admit(request, this.addressOf(request));
      engine.handleUpgrade(request, socket, head);
    });
    this.servers.push(io);
    return io;
  }

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as HttpServer;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Until a handler has taken it nobody else listens: a reset by the peer must not end the process.
      socket.on('error', () => socket.destroy());
      this.upgrade(request, socket, head).catch((error: unknown) => refuseUpgrade(socket, error));
    });
  }

  onModuleDestroy(): void {
    for (const io of this.servers) {
      io.disconnectSockets(true);
      io.engine.close();
    }
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const handler = this.handlers.get(path);
    if (!handler) throw notFound('socket');
    refuseOtherSites(request.headers, this.config.publicUrl);
    const address = this.addressOf(request);
    this.limits.enter(address);
    socket.once('close', () => this.limits.leave(address));
    await handler(request, socket, head);
  }

  /** Whom it is counted for, by the same rule as for other requests: Express makes each such an object, which knows the proxies to trust. */
  private addressOf(request: IncomingMessage): string {
    const { request: known } = this.host.httpAdapter.getInstance<Express>();
    return networkOf((Object.setPrototypeOf(request, known) as Request).ip ?? 'unknown');
  }
}
