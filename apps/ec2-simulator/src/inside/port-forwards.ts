import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { joinSockets, readPort, writePort } from '../base/port-header.js';
import type { ForwardSetting } from './machine-setting.js';
import { type PacketRules, userOfConnection } from './packet-rules.js';

const METADATA = { address: '169.254.169.254', port: 80 };

/**
 * What a machine with a network of its own reaches outside of it: its metadata service, and what listens on the host's
 * loopback, each at the same address and port as there. Connections to its own ports come in the same way.
 */
export class PortForwards {
  private readonly servers = new Map<number, Server>();

  constructor(
    private readonly setting: ForwardSetting | null,
    private readonly rules: PacketRules,
  ) {}

  async listen(): Promise<void> {
    const { setting } = this;
    if (setting === null) return;
    const metadata = createServer((socket) => {
      const user = userOfConnection(socket.remotePort ?? 0);
      if (user === null || this.rules.bars(user)) socket.destroy();
      else joinSockets(socket, createConnection(setting.metadataSocket));
    });
    await new Promise<void>((resolve, reject) => {
      metadata.once('error', reject);
      metadata.listen(METADATA.port, METADATA.address, resolve);
    });
    rmSync(setting.inboundSocket, { force: true });
    const inbound = createServer({ pauseOnConnect: false }, (socket) => void this.letIn(socket));
    await new Promise<void>((resolve) => void inbound.listen(setting.inboundSocket, resolve));
    chmodSync(setting.inboundSocket, 0o600);
  }

  /** The ports of the host that can be reached from now on. */
  offer(ports: readonly number[]): void {
    const { setting } = this;
    if (setting === null) return;
    for (const [port, server] of this.servers) {
      if (ports.includes(port)) continue;
      server.close();
      this.servers.delete(port);
    }
    for (const port of ports) {
      if (this.servers.has(port)) continue;
      const server = createServer((socket) => {
        const outside = createConnection(setting.hostSocket);
        writePort(outside, port);
        joinSockets(socket, outside);
      });
      // A program of the machine has this port itself: then it keeps it.
      server.on('error', () => this.servers.delete(port));
      server.listen(port, '127.0.0.1');
      this.servers.set(port, server);
    }
  }

  private async letIn(socket: Socket): Promise<void> {
    const port = await readPort(socket);
    if (port === null) return void socket.destroy();
    joinSockets(socket, createConnection(port, '127.0.0.1'));
  }
}
