import { setTimeout as sleep } from 'node:timers/promises';
import { markedProcesses, signalAll } from '../../base/marked-processes.js';
import { BadSetting, readServiceSettings, type ServiceSettings } from './service-settings.js';
import type { UnitFile } from './unit-file.js';
import { type ProcessEnd, startUnitProcess, UNIT_MARK, type UnitProcess } from './unit-process.js';
import type { UnitWorld } from './unit-world.js';

export type ActiveState = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';
type Commands = ServiceSettings['commands'];

/** Told of the moments at which a service becomes active, and no longer is. */
export type ServiceListener = (event: 'active' | 'inactive' | 'failed') => void;

const LOOK_MS = 20;

/** A service: its commands in their order, its restarts, and how it ends. */
export class Service {
  state: ActiveState = 'inactive';
  result = 'success';
  restarts = 0;
  exitStatus: number | null = null;
  private settings: ServiceSettings;
  private main: UnitProcess | null = null;
  private starts: number[] = [];
  private isWanted = false;
  private cancelRestart: (() => void) | null = null;

  constructor(
    private file: UnitFile,
    private readonly world: UnitWorld,
    private readonly listener: ServiceListener,
  ) {
    this.settings = readServiceSettings(file);
  }

  get mainPid(): number {
    return this.main?.pid ?? 0;
  }

  get onFailure(): readonly string[] {
    return this.settings.onFailure.units;
  }

  /** Takes the files of the unit as they are now. */
  reload(file: UnitFile): void {
    this.settings = readServiceSettings(file);
    this.file = file;
  }

  /** Resolves with whether it became active, or as a oneshot did its work. */
  async start(): Promise<boolean> {
    if (this.state === 'active' || this.state === 'activating') return true;
    this.isWanted = true;
    return this.activate();
  }

  async stop(): Promise<void> {
    this.isWanted = false;
    this.cancelRestart?.();
    this.cancelRestart = null;
    if (this.state === 'inactive' || this.state === 'failed') return;
    this.state = 'deactivating';
    await this.runAll('ExecStop');
    await this.killAll();
    await this.runAll('ExecStopPost');
    this.enter('inactive');
  }

  resetFailed(): void {
    this.starts = [];
    if (this.state === 'failed') this.enter('inactive');
  }

  private async activate(): Promise<boolean> {
    const { startLimit } = this.settings;
    const now = this.world.clock.now();
    this.starts = this.starts.filter((time) => now - time < startLimit.intervalMs);
    if (startLimit.burst > 0 && startLimit.intervalMs > 0 && this.starts.length >= startLimit.burst) {
      this.fail('start-limit-hit');
      if (startLimit.action !== null) this.world.power(startLimit.action);
      return false;
    }
    this.starts.push(now);
    this.state = 'activating';
    this.result = 'success';
    if (!(await this.runAll('ExecStartPre'))) return this.ended('exit-code', { code: this.exitStatus, signal: null });
    if (!this.isWanted) return false;
    return this.settings.type === 'oneshot' ? this.runOnce() : this.runMain();
  }

  private async runOnce(): Promise<boolean> {
    const done = await this.runAll('ExecStart');
    if (!this.isWanted) return false;
    if (!done) return this.ended('exit-code', { code: this.exitStatus, signal: null });
    await this.runAll('ExecStartPost');
    this.enter('active');
    if (this.settings.staysActive) return true;
    await this.ended('success', { code: 0, signal: null });
    return true;
  }

  private async runMain(): Promise<boolean> {
    const main = this.startMain();
    if (main === null) return this.ended('resources', { code: null, signal: null });
    this.main = main;
    const limit = this.limitRun(main);
    void main.ended.then(async (end) => {
      limit();
      if (this.main !== main) return;
      this.main = null;
      this.exitStatus = end.code;
      if (this.state === 'deactivating') return;
      await this.killAll();
      await this.ended(this.resultOf(end), end);
    });
    if (main.pid === 0) return false;
    await this.runAll('ExecStartPost');
    if (this.main === main) this.enter('active');
    return true;
  }

  private startMain(): UnitProcess | null {
    try {
      const [command] = this.settings.commands.ExecStart;
      if (command === undefined) throw new BadSetting('There is no ExecStart=.');
      return startUnitProcess(this.file, this.settings, command.words, this.world);
    } catch (error) {
      this.unstartable(error);
      return null;
    }
  }

  private limitRun({ pid }: UnitProcess): () => void {
    const { longestRunMs } = this.settings;
    if (longestRunMs === Infinity) return () => undefined;
    return this.world.clock.after(longestRunMs, () => {
      this.result = 'timeout';
      signalAll([pid], this.settings.killSignal);
    });
  }

  private resultOf({ code, signal }: ProcessEnd): string {
    if (this.result === 'timeout') return 'timeout';
    const names = [String(code), signal ?? '', (signal ?? '').replace('SIG', '')];
    const isGood = code === 0 || /^SIG(TERM|INT|HUP|PIPE)$/.test(signal ?? '');
    if (isGood || names.some((name) => name !== '' && this.settings.successStatuses.includes(name))) return 'success';
    return signal === null ? 'exit-code' : 'signal';
  }

  /** It ended by itself: that is the end, or it begins again. */
  private async ended(result: string, { code, signal }: ProcessEnd): Promise<boolean> {
    this.result = result;
    await this.runAll('ExecStopPost');
    const isBarred = [String(code), signal ?? ''].some((name) => this.settings.statusesWithoutRestart.includes(name));
    if (this.isWanted && !isBarred && this.restartsAfter(result)) {
      this.state = 'activating';
      this.restarts += 1;
      this.listener('inactive');
      this.cancelRestart = this.world.clock.after(this.settings.restartMs, () => {
        if (this.isWanted) void this.activate();
      });
      return false;
    }
    if (result !== 'success') return this.fail(result);
    this.enter('inactive');
    if (this.settings.successAction !== null) this.world.power(this.settings.successAction);
    return true;
  }

  private restartsAfter(result: string): boolean {
    const { restart } = this.settings;
    const isGood = result === 'success';
    if (restart === 'always') return true;
    if (restart === 'on-success') return isGood;
    if (restart === 'on-failure') return !isGood;
    return (
      !isGood &&
      (restart === 'on-abnormal' || restart === 'on-abort') &&
      result !== 'exit-code' &&
      result !== 'resources'
    );
  }

  private fail(result: string): false {
    this.result = result;
    this.isWanted = false;
    this.world.journal.note(this.file.name, `Failed with result '${result}'.`);
    this.enter('failed');
    if (this.settings.onFailure.action !== null) this.world.power(this.settings.onFailure.action);
    return false;
  }

  private enter(state: 'inactive' | 'active' | 'failed'): void {
    if (this.state === state) return;
    this.state = state;
    this.listener(state);
  }

  /** Runs the commands of a key one after the other, until one fails. */
  private async runAll(key: keyof Commands): Promise<boolean> {
    for (const { words, mayFail } of this.settings.commands[key]) {
      const end = await this.runStep(key, words);
      if (key.startsWith('ExecStart')) this.exitStatus = end.code;
      if (!mayFail && this.resultOf(end) !== 'success') return false;
    }
    return true;
  }

  private async runStep(key: keyof Commands, words: readonly string[]): Promise<ProcessEnd> {
    try {
      const step = startUnitProcess(this.file, this.settings, words, this.world);
      const limit = key === 'ExecStop' ? this.settings.stopTimeoutMs : this.settings.startTimeoutMs;
      const cancel = limit === Infinity ? null : this.world.clock.after(limit, () => signalAll([step.pid], 'SIGKILL'));
      const end = await step.ended;
      cancel?.();
      return end;
    } catch (error) {
      return this.unstartable(error);
    }
  }

  private unstartable(error: unknown): ProcessEnd {
    if (!(error instanceof BadSetting)) throw error;
    this.world.journal.note(this.file.name, error.message);
    return { code: 200, signal: null };
  }

  /** Ends what is left of it, as its kill mode says. */
  private async killAll(): Promise<void> {
    const { killMode, killSignal, stopTimeoutMs } = this.settings;
    if (killMode === 'none') return;
    const left = (): number[] => {
      const main = this.main === null ? [] : [this.main.pid];
      return killMode === 'process' ? main : [...new Set([...main, ...markedProcesses(UNIT_MARK, this.file.name)])];
    };
    signalAll(killMode === 'mixed' && this.main !== null ? [this.main.pid] : left(), killSignal);
    const end = Date.now() + Math.min(stopTimeoutMs, 86_400_000);
    const isOver = (): boolean => (killMode === 'mixed' ? this.main === null : left().length === 0);
    while (!isOver() && Date.now() < end) await sleep(LOOK_MS);
    for (let pids = left(); pids.length > 0; pids = left()) {
      signalAll(pids, 'SIGKILL');
      await sleep(LOOK_MS);
    }
  }
}
