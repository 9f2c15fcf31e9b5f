import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { joinSockets, readPort, writePort } from '../base/port-header.js';

/** The way out of a machine's network: each connection says which port of this host's loopback it wants. */
export async function openWayOut(socketPath: string): Promise<Server> {
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    void readPort(socket).then((port) => {
      if (port === null) socket.destroy();
      else joinSockets(socket, createConnection({ port, host: 'localhost', autoSelectFamily: true }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return server;
}

/** The way in: what its security groups open can be reached at the machine's public address. */
export class WaysIn {
  private readonly servers = new Map<string, Server>();

  constructor(private readonly inboundSocket: string) {}

  /** Opens these ports of this address, and closes all others. */
  open(address: string | null, ports: readonly number[]): void {
    const wanted = new Set(address === null ? [] : ports.map((port) => `${address}:${port}`));
    for (const [key, server] of this.servers) {
      if (wanted.has(key)) continue;
      server.close();
      this.servers.delete(key);
    }
    for (const key of wanted) if (!this.servers.has(key)) this.servers.set(key, this.listen(key));
  }

  private listen(key: string): Server {
    const [address = '', port = ''] = key.split(':');
    const server = createServer((socket) => {
      const machine = createConnection(this.inboundSocket);
      writePort(machine, Number(port));
      joinSockets(socket, machine);
    });
    server.on('error', () => this.servers.delete(key));
    server.listen(Number(port), address);
    return server;
  }
}
