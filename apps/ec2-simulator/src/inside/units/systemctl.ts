import { readFileSync } from 'node:fs';
import { markedProcesses, signalAll } from '../../base/marked-processes.js';
import type { StandInAnswer } from '../../channel/messages.js';
import { NoSuchUnit, type UnitManager } from './unit-manager.js';
import { UNIT_MARK } from './unit-process.js';
import type { UnitWorld } from './unit-world.js';

/** The verbs of systemctl that scripts use. */
export class Systemctl {
  constructor(
    private readonly manager: UnitManager,
    private readonly world: UnitWorld,
  ) {}

  async run(args: readonly string[]): Promise<StandInAnswer> {
    const options = args.filter((arg) => arg.startsWith('-'));
    const [verb = 'list-units', ...given] = positionals(args);
    const names = given.map((name) => (/\.\w+$/.test(name) ? name : `${name}.service`));
    try {
      return await this.act(verb, names, options, args);
    } catch (error) {
      if (error instanceof NoSuchUnit)
        return { code: 5, stdout: '', stderr: `Failed to ${verb} ${names.join(' ')}: ${error.message}\n` };
      throw error;
    }
  }

  private async act(verb: string, names: string[], options: string[], args: readonly string[]): Promise<StandInAnswer> {
    const { manager, world } = this;
    switch (verb) {
      case 'daemon-reload':
        manager.reload();
        return said();
      case 'start':
        return this.start(names, options.includes('--no-block'));
      case 'restart':
      case 'try-restart':
      case 'reload-or-restart':
        return this.restart(names, verb === 'try-restart', options.includes('--no-block'));
      case 'stop':
        await Promise.all(names.map((name) => manager.stop(name)));
        return said();
      case 'enable':
      case 'reenable':
        return this.enable(names, options.includes('--now'));
      case 'disable':
        for (const name of names) manager.disable(name);
        if (options.includes('--now')) await Promise.all(names.map((name) => manager.stop(name)));
        return said();
      case 'is-active':
        return this.ask(
          names,
          (name) => manager.stateOf(name),
          (state) => state === 'active',
          3,
        );
      case 'is-failed':
        return this.ask(
          names,
          (name) => manager.stateOf(name),
          (state) => state === 'failed',
          1,
        );
      case 'is-enabled':
        return this.ask(
          names,
          (name) => (manager.isEnabled(name) ? 'enabled' : 'disabled'),
          (state) => state === 'enabled',
          1,
        );
      case 'is-system-running':
        return said('running\n');
      case 'status':
        return this.status(names);
      case 'show':
        return said(names.map((name) => this.show(name, propertiesOf(args), options.includes('--value'))).join('\n'));
      case 'cat':
        return said(names.map((name) => readFileSync(manager.load(name).path, 'utf8')).join('\n'));
      case 'kill':
        for (const name of names) signalAll(markedProcesses(UNIT_MARK, name), signalOf(args));
        return said();
      case 'reset-failed':
        for (const name of names.length > 0 ? names : manager.names()) manager.service(name)?.resetFailed();
        return said();
      case 'list-timers':
        return said(this.listTimers());
      case 'list-units':
        return said(
          manager
            .names()
            .map((name) => `${name} ${manager.stateOf(name)}\n`)
            .join(''),
        );
      case 'poweroff':
      case 'halt':
        world.power('power-off');
        return said();
      case 'reboot':
        world.power('reboot');
        return said();
      default:
        return { code: 1, stdout: '', stderr: `Unknown command verb ${verb}.\n` };
    }
  }

  private async start(names: string[], noBlock: boolean): Promise<StandInAnswer> {
    for (const name of names) if (!name.endsWith('.target')) this.manager.load(name);
    const jobs = new Map<string, Promise<boolean>>();
    const started = Promise.all(names.map((name) => this.manager.start(name, jobs)));
    if (noBlock) return said();
    const results = await started;
    const failed = names.filter((_, n) => results[n] === false);
    if (failed.length === 0) return said();
    const stderr = failed.map((name) => `Job for ${name} failed. See "journalctl -u ${name}" for details.\n`).join('');
    return { code: 1, stdout: '', stderr };
  }

  private async restart(names: string[], onlyActive: boolean, noBlock: boolean): Promise<StandInAnswer> {
    const chosen = names.filter((name) => !onlyActive || this.manager.stateOf(name) === 'active');
    for (const name of chosen) this.manager.load(name);
    const stopped = Promise.all(chosen.map((name) => this.manager.stop(name)));
    if (noBlock) {
      void stopped.then(() => this.start(chosen, false));
      return said();
    }
    await stopped;
    return this.start(chosen, false);
  }

  private async enable(names: string[], now: boolean): Promise<StandInAnswer> {
    const links = names.flatMap((name) => this.manager.enable(name));
    const stderr = links.map((link) => `Created symlink ${link}.\n`).join('');
    const result = now ? await this.start(names, false) : said();
    return { ...result, stderr: stderr + result.stderr };
  }

  private ask(
    names: string[],
    look: (name: string) => string,
    isSo: (state: string) => boolean,
    otherwise: number,
  ): StandInAnswer {
    const states = names.map(look);
    return {
      code: states.some(isSo) ? 0 : otherwise,
      stdout: states.map((state) => `${state}\n`).join(''),
      stderr: '',
    };
  }

  private status(names: string[]): StandInAnswer {
    const texts = names.map((name) => {
      const file = this.manager.load(name);
      const service = this.manager.service(name);
      const enabled = this.manager.isEnabled(name) ? 'enabled' : 'disabled';
      const active = `${this.manager.stateOf(name)}${service === null ? '' : ` (Result: ${service.result})`}`;
      const pid = service === null || service.mainPid === 0 ? '' : `   Main PID: ${service.mainPid}\n`;
      const log = this.world.journal.read([name], 10);
      return `${name} - ${file.last('Unit', 'Description') ?? name}\n     Loaded: loaded (${file.path}; ${enabled})\n     Active: ${active}\n${pid}\n${log}`;
    });
    return {
      code: names.every((name) => this.manager.stateOf(name) === 'active') ? 0 : 3,
      stdout: texts.join('\n'),
      stderr: '',
    };
  }

  private show(name: string, properties: string[], onlyValues: boolean): string {
    const service = this.manager.service(name);
    const timer = this.manager.timers().find((candidate) => candidate.name === name)?.timer;
    const all: Record<string, string> = {
      Id: name,
      ActiveState: this.manager.stateOf(name),
      UnitFileState: this.manager.isEnabled(name) ? 'enabled' : 'disabled',
      ...(service === null
        ? {}
        : {
            Result: service.result,
            MainPID: String(service.mainPid),
            NRestarts: String(service.restarts),
            ExecMainStatus: String(service.exitStatus ?? 0),
          }),
      ...(timer === undefined
        ? {}
        : { NextElapseUSecRealtime: timer.nextAt === null ? '' : new Date(timer.nextAt).toISOString() }),
    };
    const wanted = properties.length === 0 ? Object.keys(all) : properties;
    return wanted.map((key) => (onlyValues ? `${all[key] ?? ''}\n` : `${key}=${all[key] ?? ''}\n`)).join('');
  }

  private listTimers(): string {
    const lines = this.manager.timers().filter(({ timer }) => timer.isActive);
    const shown = lines.map(
      ({ name, timer }) =>
        `${timer.nextAt === null ? '-' : new Date(timer.nextAt).toISOString()} ${name} ${timer.unit}\n`,
    );
    return `NEXT UNIT ACTIVATES\n${shown.join('')}\n${lines.length} timers listed.\n`;
  }
}

function said(stdout = ''): StandInAnswer {
  return { code: 0, stdout, stderr: '' };
}

/** Options that take the next word. */
const WITH_VALUE = new Set(['-p', '--property', '-s', '--signal', '-n', '--lines', '-t', '--type', '-o', '--output']);

function positionals(args: readonly string[]): string[] {
  return args.filter((arg, n) => !arg.startsWith('-') && !WITH_VALUE.has(args[n - 1] ?? ''));
}

function propertiesOf(args: readonly string[]): string[] {
  return optionValues(args, '-p', '--property').flatMap((text) => text.split(','));
}

function signalOf(args: readonly string[]): NodeJS.Signals {
  const name = optionValues(args, '-s', '--signal')[0] ?? 'SIGTERM';
  return (name.startsWith('SIG') ? name : `SIG${name}`) as NodeJS.Signals;
}

function optionValues(args: readonly string[], short: string, long: string): string[] {
  return args.flatMap((arg, n) => {
    if (arg === short || arg === long) return args[n + 1] ?? [];
    if (arg.startsWith(`${long}=`)) return arg.slice(long.length + 1);
    return arg.startsWith(short) && !arg.startsWith('--') && arg.length > 2 ? arg.slice(2) : [];
  });
}
