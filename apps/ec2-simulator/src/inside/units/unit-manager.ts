import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type ActiveState, Service } from './service.js';
import { BadSetting } from './service-settings.js';
import { Timer, type UnitTimes } from './timer.js';
import { UnitFile } from './unit-file.js';
import type { UnitWorld } from './unit-world.js';

/** A unit that does not exist, or is of a kind that is not imitated; its message is what systemctl says. */
export class NoSuchUnit extends Error {}

type Unit = { kind: 'service'; service: Service } | { kind: 'timer'; timer: Timer };
/** The units that one command starts, so that none is started twice and each waits for those before it. */
type Jobs = Map<string, Promise<boolean>>;

/** The services and timers of a machine, as far as files in /etc/systemd/system tell of them. */
export class UnitManager {
  private readonly units = new Map<string, Unit>();
  private readonly times = new Map<string, UnitTimes>();
  private readonly bootedAt: number;
  private readonly folders: string[];

  constructor(private readonly world: UnitWorld) {
    this.bootedAt = world.clock.now();
    this.folders = ['/etc/systemd/system', '/run/systemd/system'].map((folder) => join(world.root, folder));
  }

  /** Starts what is enabled. */
  async bootUp(): Promise<void> {
    const jobs: Jobs = new Map();
    await Promise.all(this.enabledUnits().map((name) => this.startQuietly(name, jobs)));
  }

  /** Resolves with whether the unit is up. A target always is. */
  async start(name: string, jobs: Jobs = new Map()): Promise<boolean> {
    const running = jobs.get(name);
    if (running !== undefined) return running;
    const job = this.run(name, jobs);
    jobs.set(name, job);
    return job;
  }

  async stop(name: string): Promise<void> {
    const unit = this.find(name);
    if (unit?.kind === 'service') await unit.service.stop();
    if (unit?.kind === 'timer') unit.timer.stop();
  }

  async stopAll(): Promise<void> {
    for (const unit of this.units.values()) if (unit.kind === 'timer') unit.timer.stop();
    const services = [...this.units.values()].flatMap((unit) => (unit.kind === 'service' ? unit.service : []));
    await Promise.all(services.map((service) => service.stop()));
  }

  /** Reads all files again. */
  reload(): void {
    for (const [name, unit] of this.units) {
      const file = UnitFile.load(name, this.folders);
      if (file === null) continue;
      if (unit.kind === 'service') unit.service.reload(file);
      else unit.timer.reload(file);
    }
  }

  /** Links the unit into the targets that want it, and says which links there are now. */
  enable(name: string): string[] {
    const file = this.load(name);
    const wanted = file.names('Install', 'WantedBy').map((target) => `${target}.wants`);
    const required = file.names('Install', 'RequiredBy').map((target) => `${target}.requires`);
    for (const also of file.names('Install', 'Also')) if (also !== name) this.enable(also);
    return [...wanted, ...required].map((folder) => {
      const path = join(this.folders[0] ?? '', folder, name);
      mkdirSync(join(path, '..'), { recursive: true });
      rmSync(path, { force: true });
      symlinkSync(file.path, path);
      return path;
    });
  }

  disable(name: string): void {
    for (const folder of this.wantFolders()) rmSync(join(folder, name), { force: true });
  }

  isEnabled(name: string): boolean {
    return this.enabledUnits().includes(name);
  }

  stateOf(name: string): ActiveState {
    if (name.endsWith('.target')) return 'active';
    const unit = this.units.get(name);
    if (unit === undefined) return 'inactive';
    if (unit.kind === 'service') return unit.service.state;
    return unit.timer.isActive ? 'active' : 'inactive';
  }

  service(name: string): Service | null {
    const unit = this.units.get(name);
    return unit?.kind === 'service' ? unit.service : null;
  }

  timers(): { name: string; timer: Timer }[] {
    return [...this.units].flatMap(([name, unit]) => (unit.kind === 'timer' ? { name, timer: unit.timer } : []));
  }

  names(): string[] {
    return [...this.units.keys()];
  }

  /** The files of a unit, or `NoSuchUnit`. */
  load(name: string): UnitFile {
    const file = UnitFile.load(name, this.folders);
    if (file === null) throw new NoSuchUnit(`Unit ${name} not found.`);
    return file;
  }

  private async run(name: string, jobs: Jobs): Promise<boolean> {
    if (name.endsWith('.target')) return true;
    const file = this.load(name);
    const unit = this.find(name) ?? this.create(file);
    const needed = [...file.names('Unit', 'Requires'), ...file.names('Unit', 'BindsTo')];
    const wanted = file.names('Unit', 'Wants').map((other) => this.startQuietly(other, jobs));
    const required = needed.map((other) => this.start(other, jobs));
    const before = file.names('Unit', 'After').flatMap((other) => jobs.get(other) ?? []);
    await Promise.all(before);
    if ((await Promise.all(required)).includes(false)) return false;
    void Promise.all(wanted);
    if (!this.conditionsHold(file)) return true;
    if (unit.kind === 'service') return unit.service.start();
    unit.timer.start();
    return true;
  }

  private async startQuietly(name: string, jobs: Jobs): Promise<boolean> {
    try {
      return await this.start(name, jobs);
    } catch (error) {
      if (!(error instanceof NoSuchUnit)) throw error;
      this.world.journal.note(name, error.message);
      return false;
    }
  }

  private conditionsHold(file: UnitFile): boolean {
    return file.all('Unit', 'ConditionPathExists').every((text) => {
      const isNegated = text.startsWith('!');
      const holds = existsSync(text.replace(/^!/, '')) !== isNegated;
      if (!holds) this.world.journal.note(file.name, `ConditionPathExists=${text} was not met.`);
      return holds;
    });
  }

  /** A unit that is loaded; one that is off takes its files as they are now. */
  private find(name: string): Unit | undefined {
    const unit = this.units.get(name);
    if (unit === undefined) return undefined;
    const isOff = unit.kind === 'timer' ? !unit.timer.isActive : /inactive|failed/.test(unit.service.state);
    if (!isOff) return unit;
    const file = UnitFile.load(name, this.folders);
    if (file !== null && unit.kind === 'service') unit.service.reload(file);
    if (file !== null && unit.kind === 'timer') unit.timer.reload(file);
    return unit;
  }

  private create(file: UnitFile): Unit {
    const { name } = file;
    const unit = name.endsWith('.timer') ? this.createTimer(file) : this.createService(file);
    this.units.set(name, unit);
    return unit;
  }

  private createService(file: UnitFile): Unit {
    const { name } = file;
    if (!name.endsWith('.service'))
      throw new NoSuchUnit(`Unit ${name} is of a kind that this simulation does not have.`);
    const times: UnitTimes = { activeAt: null, inactiveAt: null };
    this.times.set(name, times);
    try {
      const service = new Service(file, this.world, (event) => {
        const now = this.world.clock.now();
        if (event === 'active') times.activeAt = now;
        else times.inactiveAt = now;
        for (const { timer } of this.timers()) if (timer.unit === name) timer.unitChanged();
        if (event === 'failed') for (const other of service.onFailure) void this.startQuietly(other, new Map());
      });
      return { kind: 'service', service };
    } catch (error) {
      if (!(error instanceof BadSetting)) throw error;
      throw new NoSuchUnit(`Unit ${name} has a bad unit file setting: ${error.message}`);
    }
  }

  private createTimer(file: UnitFile): Unit {
    const timer: Timer = new Timer(
      file,
      this.world,
      this.bootedAt,
      () => this.times.get(timer.unit) ?? { activeAt: null, inactiveAt: null },
      () => void this.startQuietly(timer.unit, new Map()),
    );
    return { kind: 'timer', timer };
  }

  private enabledUnits(): string[] {
    return [...new Set(this.wantFolders().flatMap((folder) => readdirSync(folder)))];
  }

  private wantFolders(): string[] {
    const [folder = ''] = this.folders;
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /\.(wants|requires)$/.test(name))
      .map((name) => join(folder, name))
      .filter((path) => lstatSync(path).isDirectory());
  }
}
