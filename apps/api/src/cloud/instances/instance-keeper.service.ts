import { type InstanceState, isEnded } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { MachinesService } from '../../machines/machines.service.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { LauncherChannel, type Report } from '../local/launcher-channel.js';
import { LocalWorkers } from '../local/local-workers.service.js';
import { idleStep } from './idleness.js';
import { InstanceRuns } from './instance-runs.service.js';
import { stateOf } from './instance-state.js';
import { instanceView } from './instance-view.js';
import { type InstanceRecord, InstancesRepository } from './instances.repository.js';

const LOOK_MS = 5_000;
const MINUTE_MS = 60_000;
/** One that has not been ready by then is given up. */
const BOOT_MS = 15 * MINUTE_MS;
/** A launch takes its places within much less. */
const HELD_MS = MINUTE_MS;
/** Runs are stopped so long before the end, to bring home what they have. */
const LAST_CALL_MS = 3 * MINUTE_MS;

/** Makes what is there agree with what is wanted, and ends instances that are idle or whose time is over. */
@Injectable()
export class InstanceKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private looking: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly instances: InstancesRepository,
    private readonly machines: MachinesRepository,
    private readonly machinesService: MachinesService,
    private readonly runs: InstanceRuns,
    private readonly launcher: LauncherChannel,
    private readonly workers: LocalWorkers,
    private readonly events: EventsService,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.launcher.isThere) return;
    const look = (): void => void this.look();
    this.launcher.reported.on(look);
    this.events.on('machine.presence', look);
    this.timer = setInterval(look, LOOK_MS);
    look();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Looks at all instances. What changes meanwhile is looked at once more, before the promise settles. */
  look(): Promise<void> {
    this.again = true;
    this.looking ??= this.lookOn().finally(() => (this.looking = null));
    return this.looking;
  }

  /** Ends its runs, and has it removed. */
  async terminate(instance: InstanceRecord, reason: string, problem: InstanceRecord['problem'] = null): Promise<void> {
    await this.runs.keepOut(instance.id);
    await this.runs.stopAll(instance.id, 'its instance was terminated');
    const gone = await this.instances.change(instance.id, { wanted: 'gone', reason, problem });
    if (gone) await this.announce(gone);
    this.again = true;
  }

  async announce(instance: InstanceRecord): Promise<void> {
    const [machine = null] = await this.machines.ofInstances([instance.id]);
    this.events.publish('instance.changed', {}, instanceView(instance, machine));
  }

  private async lookOn(): Promise<void> {
    while (this.again) {
      this.again = false;
      try {
        await this.lookOnce();
      } catch (error) {
        logger.debug({ err: error }, 'instances are looked at again when the database is back');
      }
    }
  }

  private async lookOnce(): Promise<void> {
    if (!this.launcher.isThere) return;
    await this.instances.giveBack({ before: new Date(Date.now() - HELD_MS) });
    const living = await this.instances.living();
    const machines = await this.machinesOf(living);
    await this.workers.tell(living, machines);
    const { report } = this.launcher;
    // Nothing is known of the processes before the launcher has spoken.
    if (!report) return;
    for (const instance of living) await this.keep(instance, report, machines.get(instance.id) ?? null);
  }

  /** Of the living by their instance; machines of others are removed. */
  private async machinesOf(living: readonly InstanceRecord[]): Promise<Map<string, MachineRecord>> {
    const byInstance = new Map<string, MachineRecord>();
    for (const machine of await this.machines.list()) {
      if (machine.instanceId === undefined) continue;
      if (living.some(({ id }) => id === machine.instanceId)) byInstance.set(machine.instanceId, machine);
      // With an active run it stays until that is lost.
      else await this.machinesService.remove(machine.id).catch(() => undefined);
    }
    return byInstance;
  }

  private async keep(instance: InstanceRecord, report: Report, machine: MachineRecord | null): Promise<void> {
    const worker = report.workers.find(({ id }) => id === instance.id);
    const seen = await this.see(instance, {
      process: worker !== undefined,
      folder: report.folders.includes(instance.id),
      machine,
    });
    if (!seen || seen.endedAt || seen.wanted === 'gone') return;
    if (Date.now() >= seen.endsAt.getTime()) return this.terminate(seen, 'It reached the end of its time.');
    if (seen.wanted === 'stopped') return;
    if (worker && worker.problem !== null) return this.giveUp(seen, worker.problem);
    const sinceStart = Date.now() - seen.startedAt.getTime();
    if (sinceStart > BOOT_MS && !seen.phases.some(({ name }) => name === 'ready'))
      return this.giveUp(seen, 'It did not connect within 15 minutes.');
    if (Date.now() >= seen.endsAt.getTime() - LAST_CALL_MS) {
      await this.runs.keepOut(seen.id);
      return this.runs.stopAll(seen.id, 'its instance reaches the end of its time');
    }
    if (seen.state === 'ready') await this.mindIdleness(seen);
  }

  private async giveUp(instance: InstanceRecord, detail: string): Promise<void> {
    const sentence = 'Its worker could not be started. Look at the details, and launch another one.';
    await this.terminate(instance, sentence, { code: 'worker.failed', sentence, detail: detail.slice(0, 2_000) });
  }

  /** Writes down the state that follows from what is there. */
  private async see(
    instance: InstanceRecord,
    there: { process: boolean; folder: boolean; machine: MachineRecord | null },
  ): Promise<InstanceRecord | null> {
    const { wanted, problem } = instance;
    const state = stateOf({ wanted, failed: problem !== null, ...there });
    if (state === instance.state) return instance;
    const now = new Date();
    const ended = isEnded(state);
    const change = {
      state,
      phases: withPhase(instance.phases, state, now),
      ...(state === 'ready' && { readyAt: now, busyAt: now }),
      ...(ended && { endedAt: now }),
    };
    const changed = await this.instances.change(instance.id, change, { state: instance.state, wanted });
    if (!changed) {
      this.again = true;
      return null;
    }
    logger.info({ instanceId: instance.id, from: instance.state, to: state }, 'an instance changed its state');
    await this.announce(changed);
    // Its machine goes with the next look.
    if (ended) this.again = true;
    return changed;
  }

  private async mindIdleness(instance: InstanceRecord): Promise<void> {
    const { id, idleMinutes } = instance;
    const now = new Date();
    const step = idleStep(instance, await this.runs.busy(id), now.getTime());
    if (step === 'busy' || step === 'wake') {
      if (instance.restsAt) await this.runs.letIn(id);
      await this.instances.change(id, { restsAt: null, ...(step === 'busy' && { busyAt: now }) });
    } else if (step === 'rest') {
      await this.runs.keepOut(id);
      await this.instances.change(id, { restsAt: now });
    } else if (step === 'stop') {
      const reason = `Stopped by itself, ${idleMinutes} min idle.`;
      const stopped = await this.instances.change(id, { wanted: 'stopped', reason }, { wanted: 'running' });
      if (stopped) await this.announce(stopped);
      this.again = true;
    }
  }
}

/** Each state once, when it was first reached. */
function withPhase(phases: InstanceRecord['phases'], name: InstanceState, at: Date): InstanceRecord['phases'] {
  return phases.some((phase) => phase.name === name) ? phases : [...phases, { name, at }];
}
