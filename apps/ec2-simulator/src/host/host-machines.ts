import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatorSettings } from '@mle/simulated-ec2';
import type { Instance } from '../account/instance.js';
import type { Machine, Machines } from '../account/machine.js';
import type { Clock } from '../base/clock.js';
import { HostMachine } from './host-machine.js';
import type { Isolation } from './isolation.js';
import { listeningPorts } from './listening-ports.js';
import { Namespaces } from './namespaces.js';
import { PlainFolder } from './plain-folder.js';

const BUNDLE = 'main.mjs';
const LOOK_MS = 250;

/** The machines of all instances, in one folder below the temporary one. */
export class HostMachines implements Machines {
  private readonly machines = new Map<string, HostMachine>();
  private readonly timer: NodeJS.Timeout;
  private ports: readonly number[] = [];

  private constructor(
    private readonly base: string,
    readonly isolation: Isolation,
    private readonly settings: SimulatorSettings,
    private readonly clock: Clock,
    private readonly report: (error: unknown) => void,
  ) {
    clock.onMove((aheadMs) => this.tellAll((machine) => machine.tell({ do: 'clock', aheadMs })));
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** `bundle` is the file that this process runs. Null: instances run nothing here, for the reason that is told. */
  static async open(
    bundle: string,
    settings: SimulatorSettings,
    clock: Clock,
    report: (error: unknown) => void,
  ): Promise<{ host: HostMachines | null; remark: string | null }> {
    if (settings.machines === 'none') return { host: null, remark: null };
    removeAbandoned();
    const base = mkdtempSync(join(tmpdir(), `mle-ec2-${process.pid}-`));
    const tools = join(base, 'tools');
    mkdirSync(tools);
    copyFileSync(bundle, join(tools, BUNDLE));
    const host = (isolation: Isolation): HostMachines => new HostMachines(base, isolation, settings, clock, report);
    const plain = new PlainFolder(join(tools, BUNDLE));
    if (settings.machines === 'folder') return { host: host(plain), remark: null };
    try {
      return { host: host(await Namespaces.probe(base, tools, BUNDLE)), remark: null };
    } catch (error) {
      const why = `No namespaces for machines here: ${error instanceof Error ? error.message.trim() : String(error)}`;
      const isRoot = process.getuid?.() === 0;
      if (settings.machines === 'auto' && !isRoot) return { host: host(plain), remark: why };
      rmSync(base, { recursive: true, force: true });
      if (settings.machines === 'namespaces') throw new Error(why);
      // As root a script that knows nothing of MLE_ROOT would change this very host.
      return {
        host: null,
        remark: `${why} Instances run nothing; "machines": "folder" makes them run as root in a folder.`,
      };
    }
  }

  create(id: string, instance: () => Instance, onPowerOff: () => void): Machine {
    const context = {
      isolation: this.isolation,
      graceMs: this.settings.timings.shutdownGrace,
      clockAhead: () => this.clock.ahead,
      ports: () => (this.ports = this.reachedPorts()),
      report: this.report,
      onRemoved: () => void this.machines.delete(id),
    };
    const machine = new HostMachine(join(this.base, id), instance, context, onPowerOff);
    this.machines.set(id, machine);
    return machine;
  }

  close(): void {
    clearInterval(this.timer);
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }

  /** What listens on the host, and what security groups let in, changes without notice. */
  private look(): void {
    if (this.isolation.kind === 'folder' || this.machines.size === 0) return;
    const ports = this.reachedPorts();
    const isNew = ports.join() !== this.ports.join();
    this.ports = ports;
    this.tellAll((machine) => {
      if (isNew) machine.tell({ do: 'ports', ports: [...ports] });
      machine.openPorts();
    });
  }

  /** Of the host. */
  private reachedPorts(): readonly number[] {
    return this.isolation.kind === 'namespaces' && this.settings.host === 'reached' ? listeningPorts() : [];
  }

  private tellAll(act: (machine: HostMachine) => void): void {
    for (const machine of this.machines.values()) act(machine);
  }
}

/** Folders of simulators that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^mle-ec2-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
