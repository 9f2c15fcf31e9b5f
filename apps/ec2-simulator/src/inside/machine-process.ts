import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Clock } from '../base/clock.js';
import { readJsonLines, writeJsonLine } from '../base/json-lines.js';
import { markedProcesses, signalAll } from '../base/marked-processes.js';
import {
  EXIT,
  type FromMachine,
  INSTANCE_MARK,
  type StandInAnswer,
  StandInCallSchema,
  type ToMachine,
  ToMachineSchema,
} from '../channel/messages.js';
import type { MachineSetting } from './machine-setting.js';
import { PacketRules } from './packet-rules.js';
import { PortForwards } from './port-forwards.js';
import { PowerCommands } from './power-commands.js';
import { Journal } from './units/journal.js';
import { Systemctl } from './units/systemctl.js';
import { UnitManager } from './units/unit-manager.js';
import type { PowerChange } from './units/unit-world.js';
import { runUserData } from './user-data.js';

const LONGEST_RESULT = 1_048_576;

/** The machine from inside: boots, keeps its services, answers its stand-ins, and ends them all. */
export class MachineProcess {
  private readonly clock = new Clock();
  private readonly journal = new Journal();
  private readonly rules = new PacketRules();
  private readonly forwards: PortForwards;
  private readonly manager: UnitManager;
  private readonly systemctl: Systemctl;
  private readonly powerCommands: PowerCommands;
  private isEnding = false;

  constructor(
    private readonly setting: MachineSetting,
    private readonly channel: Socket,
  ) {
    const world = {
      root: setting.root,
      environment: setting.environment,
      clock: this.clock,
      journal: this.journal,
      toConsole: (text: string) => this.toConsole(text),
      power: (kind: PowerChange) => void this.end(kind),
    };
    this.manager = new UnitManager(world);
    this.systemctl = new Systemctl(this.manager, world);
    this.powerCommands = new PowerCommands(this.clock, world.power);
    this.forwards = new PortForwards(setting.forwards, this.rules);
  }

  /** Serves until the machine is switched off. The channel is the lifeline: without it all ends at once. */
  async serve(): Promise<void> {
    await this.answerStandIns();
    await this.forwards.listen();
    readJsonLines(this.channel, (value) => this.take(ToMachineSchema.parse(value)));
    this.channel.on('error', () => this.switchOff(EXIT.poweredOff));
    this.channel.on('close', () => this.switchOff(EXIT.poweredOff));
  }

  private take(message: ToMachine): void {
    switch (message.do) {
      case 'boot':
        return void this.boot(message);
      case 'shut-down':
        return void this.end('power-off');
      case 'clock':
        return this.clock.advance(message.aheadMs - this.clock.ahead);
      case 'ports':
        return this.forwards.offer(message.ports);
      case 'run':
        return this.run(message.id, message.command);
    }
  }

  private async boot({ userData, clockAheadMs, ports }: Extract<ToMachine, { do: 'boot' }>): Promise<void> {
    this.clock.advance(clockAheadMs);
    this.forwards.offer(ports);
    this.toConsole(`[    0.000000] ${this.setting.instanceId} boots (simulated)\n`);
    // Units and user-data go on by themselves: what they do may take as long as the machine lives.
    void this.manager.bootUp();
    if (userData !== null)
      await runUserData(Buffer.from(userData, 'base64'), this.setting, (text) => this.toConsole(text));
  }

  private run(id: number, command: string): void {
    const env = { ...this.setting.environment, HOME: join(this.setting.root, '/root') };
    const child = spawn('/bin/bash', ['-c', command], {
      cwd: this.setting.root || '/',
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => (stdout = (stdout + bytes.toString()).slice(-LONGEST_RESULT)));
    child.stderr.on('data', (bytes: Buffer) => (stderr = (stderr + bytes.toString()).slice(-LONGEST_RESULT)));
    child.once('close', (code) => {
      const message: FromMachine = { say: 'result', id, result: { code, stdout, stderr } };
      writeJsonLine(this.channel, message);
    });
  }

  private async answerStandIns(): Promise<void> {
    const { socketPath } = this.setting;
    rmSync(socketPath, { force: true });
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      readJsonLines(socket, (value) => {
        const { program, args, input } = StandInCallSchema.parse(value);
        this.standIn(program, args, input).then(
          (said) => writeJsonLine(socket, said),
          (error: unknown) => writeJsonLine(socket, { code: 1, stdout: '', stderr: `${program}: ${String(error)}\n` }),
        );
      });
    });
    await new Promise<void>((resolve) => void server.listen(socketPath, resolve));
    chmodSync(socketPath, 0o600);
  }

  private async standIn(program: string, args: readonly string[], input: string): Promise<StandInAnswer> {
    switch (program) {
      case 'systemctl':
        return this.systemctl.run(args);
      case 'journalctl':
        return { code: 0, stdout: this.readJournal(args), stderr: '' };
      case 'apt-get':
        return { code: 0, stdout: `apt-get ${args.join(' ')}: nothing is installed in a simulation\n`, stderr: '' };
      case 'nft':
        return this.rules.run(args, input);
      default:
        return this.powerCommands.run(program, args);
    }
  }

  private readJournal(args: readonly string[]): string {
    const after = (short: string, long: string): string[] =>
      args.flatMap((arg, n) =>
        arg === short || arg === long
          ? (args[n + 1] ?? [])
          : arg.startsWith(`${long}=`)
            ? arg.slice(long.length + 1)
            : [],
      );
    const units = after('-u', '--unit').map((name) => (name.includes('.') ? name : `${name}.service`));
    const [lines] = after('-n', '--lines');
    return this.journal.read(units, lines === undefined ? null : Number(lines));
  }

  private toConsole(text: string): void {
    process.stdout.write(text);
  }

  /** Stops the services in order, then everything else. */
  private async end(kind: PowerChange): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    this.toConsole(`[ ec2-simulator ] ${kind === 'reboot' ? 'Rebooting' : 'Powering off'}\n`);
    await this.manager.stopAll();
    this.switchOff(kind === 'reboot' ? EXIT.reboot : EXIT.poweredOff);
  }

  private switchOff(status: number): never {
    // In namespaces the rest ends with this process; elsewhere it is found by its mark.
    signalAll(markedProcesses(INSTANCE_MARK, this.setting.instanceId), 'SIGKILL');
    process.exit(status);
  }
}

/** Prepares the folders that scripts count on. */
export function prepareRoot(root: string): void {
  for (const folder of [
    '/etc/systemd/system',
    '/root',
    '/tmp',
    '/var/lib',
    '/var/log',
    '/opt',
    '/run',
    '/usr/local/bin',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  if (root !== '') writeFileSync(join(root, '/etc/hostname'), 'simulated\n');
}
