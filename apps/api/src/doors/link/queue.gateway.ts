import { QUEUE_PATH } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { QueueGate } from '../../machines/queue/queue-gate.service.js';
import { SocketServer } from '../../platform/sockets/socket-server.js';

/** Accepts the second socket of workers, by which they reach their queue. */
@Injectable()
export class QueueGateway implements OnApplicationBootstrap {
  constructor(
    private readonly sockets: SocketServer,
    private readonly gate: QueueGate,
  ) {}

  onApplicationBootstrap(): void {
    this.sockets.onUpgrade(QUEUE_PATH, (request, socket, head) => this.gate.upgrade(request, socket, head));
  }
}
