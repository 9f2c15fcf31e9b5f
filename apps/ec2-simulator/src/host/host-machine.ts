import { type ChildProcess, spawn } from 'node:child_process';
import type { Server } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from '@mle/simulated-ec2';
import type { Instance } from '../account/instance.js';
import type { Machine } from '../account/machine.js';
import { readJsonLines, writeJsonLine } from '../base/json-lines.js';
import { markedProcesses, signalAll } from '../base/marked-processes.js';
import { CHANNEL_FD, EXIT, FromMachineSchema, INSTANCE_MARK, type ToMachine } from '../channel/messages.js';
import { ConsoleLog } from './console-log.js';
import type { Isolation } from './isolation.js';
import { MachineFolder } from './machine-folder.js';
import { MetadataServer } from './metadata-server.js';
import { openWayOut, WaysIn } from './port-relay.js';

/** What a machine learns from the simulator that it runs in. */
export interface MachineContext {
  isolation: Isolation;
  graceMs: number;
  clockAhead(): number;
  ports(): readonly number[];
  report(error: unknown): void;
  onRemoved(): void;
}

interface Power {
  child: ChildProcess;
  channel: Duplex;
  exited: Promise<void>;
}

/** An instance as processes of this host. */
export class HostMachine implements Machine {
  private readonly log = new ConsoleLog();
  private readonly waiting = new Map<number, (result: CommandResult) => void>();
  private folder: MachineFolder | null = null;
  private metadata: { server: MetadataServer; port: number } | null = null;
  private wayOut: Server | null = null;
  private waysIn: WaysIn | null = null;
  private power: Power | null = null;
  private bootsFirst = true;
  private isRemoved = false;
  private lastCommand = 0;

  constructor(
    private readonly top: string,
    private readonly instance: () => Instance,
    private readonly context: MachineContext,
    private readonly onPowerOff: () => void,
  ) {}

  switchOn(): void {
    this.start().catch((error: unknown) => this.context.report(error));
  }

  async shutDown(): Promise<void> {
    const { power } = this;
    if (power === null) return;
    this.tell({ do: 'shut-down' });
    await Promise.race([power.exited, sleep(this.context.graceMs, undefined, { ref: false })]);
    await this.switchOff();
  }

  async switchOff(): Promise<void> {
    const { power } = this;
    if (power === null) return;
    power.child.kill('SIGKILL');
    await power.exited;
  }

  reboot(): void {
    this.run('reboot').catch((error: unknown) => this.context.report(error));
  }

  async remove(): Promise<void> {
    this.isRemoved = true;
    await this.switchOff();
    this.waysIn?.open(null, []);
    this.wayOut?.close();
    this.metadata?.server.close();
    this.folder?.remove();
    this.context.onRemoved();
  }

  console(): Buffer {
    return this.log.read();
  }

  run(command: string): Promise<CommandResult> {
    if (this.power === null) return Promise.reject(new Error(`${this.instance().id} is off.`));
    const id = ++this.lastCommand;
    const result = new Promise<CommandResult>((resolve) => this.waiting.set(id, resolve));
    this.tell({ do: 'run', id, command });
    return result;
  }

  /** Tells what has changed around it, if it is on. */
  tell(message: ToMachine): void {
    if (this.power !== null) writeJsonLine(this.power.channel, message);
  }

  /** Opens what its security groups let in now. */
  openPorts(): void {
    const { state, publicAddress, groups } = this.instance();
    const rules = groups.flatMap(({ inbound }) => inbound.filter(({ protocol }) => protocol === 'tcp'));
    const ports = rules.flatMap(({ fromPort, toPort }) => (toPort - fromPort < 20 ? range(fromPort, toPort) : []));
    this.waysIn?.open(state === 'running' ? publicAddress : null, ports);
  }

  private async start(): Promise<void> {
    const { isolation } = this.context;
    const folder = (this.folder ??= new MachineFolder(this.top));
    const metadata = (this.metadata ??= await this.openMetadata(folder));
    if (isolation.kind === 'namespaces') {
      this.wayOut ??= await openWayOut(folder.hostSocket);
      this.waysIn ??= new WaysIn(folder.inboundSocket);
    }
    // It may have been switched off while this waited.
    if (this.isRemoved || this.power !== null || this.instance().state !== 'running') return;
    const { id, userData } = this.instance();
    const { file, args, env } = isolation.command(folder, isolation.setting(id, folder, metadata.port));
    const child = spawn(file, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true });
    const channel = child.stdio[CHANNEL_FD] as Duplex;
    for (const stream of [child.stdout, child.stderr] as Readable[])
      stream.on('data', (bytes: Buffer) => this.log.write(bytes));
    channel.on('error', () => channel.destroy());
    readJsonLines(channel, (value) => {
      const { id: command, result } = FromMachineSchema.parse(value);
      this.waiting.get(command)?.(result);
      this.waiting.delete(command);
    });
    child.once('error', (error) => this.context.report(error));
    const exited = new Promise<void>((resolve) => child.once('close', (code) => void this.ended(code).then(resolve)));
    this.power = { child, channel, exited };
    const script = this.bootsFirst ? userData.toString('base64') : null;
    this.bootsFirst = false;
    this.tell({
      do: 'boot',
      userData: script,
      clockAheadMs: this.context.clockAhead(),
      ports: [...this.context.ports()],
    });
    this.openPorts();
  }

  private async openMetadata(folder: MachineFolder): Promise<{ server: MetadataServer; port: number }> {
    const server = new MetadataServer(this.instance);
    const port = await server.listen(this.context.isolation.kind === 'namespaces' ? folder.metadataSocket : null);
    return { server, port };
  }

  private async ended(code: number | null): Promise<void> {
    await this.killRest();
    this.power = null;
    for (const resolve of this.waiting.values())
      resolve({ code: null, stdout: '', stderr: 'The machine was switched off.' });
    this.waiting.clear();
    const { state } = this.instance();
    if (this.isRemoved || state !== 'running') return;
    if (code === EXIT.reboot) this.switchOn();
    else if (code === EXIT.poweredOff) this.onPowerOff();
  }

  /** Without namespaces, what detached itself is found by its mark. */
  private async killRest(): Promise<void> {
    if (this.context.isolation.kind === 'namespaces') return;
    const { id } = this.instance();
    for (let left = markedProcesses(INSTANCE_MARK, id); left.length > 0; left = markedProcesses(INSTANCE_MARK, id)) {
      signalAll(left, 'SIGKILL');
      await sleep(20);
    }
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
