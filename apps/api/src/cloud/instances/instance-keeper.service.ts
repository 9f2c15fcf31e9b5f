import { type InstanceProblem, type InstanceProvider, type InstanceState, isEnded } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { MachinesService } from '../../machines/machines.service.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { LauncherChannel } from '../local/launcher-channel.js';
import { Providers } from '../providers.service.js';
import { idleStep } from './idleness.js';
import { canRest, type MachineProvider, type Presence, type Sighting } from './instance-provider.js';
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
export const LAST_CALL_MS = 3 * MINUTE_MS;

/** Makes what is there agree with what is wanted, and ends instances that are idle or whose time is over. */
@Injectable()
export class InstanceKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  /** The looks at what providers have, which are begun and not at their end. */
  private readonly looking = new Map<InstanceProvider, Promise<void>>();
  private readonly again = new Set<InstanceProvider>();

  constructor(
    private readonly instances: InstancesRepository,
    private readonly machines: MachinesRepository,
    private readonly machinesService: MachinesService,
    private readonly runs: InstanceRuns,
    private readonly launcher: LauncherChannel,
    private readonly providers: Providers,
    private readonly events: EventsService,
  ) {}

  onApplicationBootstrap(): void {
    const look = (): void => this.lookAtAll();
    this.launcher.reported.on(look);
    this.events.on('machine.presence', look);
    this.timer = setInterval(look, LOOK_MS);
    look();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.looking.values());
  }

  /** Looks at a provider's instances. What changes meanwhile is looked at once more, before the promise settles. */
  look(name: InstanceProvider): Promise<void> {
    this.again.add(name);
    const looking = this.looking.get(name) ?? this.lookOn(name).finally(() => this.looking.delete(name));
    this.looking.set(name, looking);
    return looking;
  }

  private lookAtAll(): void {
    for (const { name } of this.providers.all) void this.look(name);
  }

  /** Ends its runs, and has it removed. */
  async terminate(instance: InstanceRecord, reason: string, problem: InstanceRecord['problem'] = null): Promise<void> {
    await this.runs.keepOut(instance.id);
    await this.runs.stopAll(instance.id, 'its instance was terminated');
    const gone = await this.instances.change(instance.id, { wanted: 'gone', reason, problem });
    if (gone) await this.announce(gone);
    this.again.add(instance.provider);
  }

  async announce(instance: InstanceRecord): Promise<void> {
    const [machine = null] = await this.machines.ofInstances([instance.id]);
    this.events.publish('instance.changed', {}, instanceView(instance, machine));
  }

  private async lookOn(name: InstanceProvider): Promise<void> {
    while (this.again.delete(name)) {
      try {
        await this.lookOnce(this.providers.of(name));
      } catch (error) {
        logger.debug({ err: error }, 'instances are looked at again when the database is back');
      }
    }
  }

  private async lookOnce(provider: MachineProvider): Promise<void> {
    await this.instances.giveBack({ before: new Date(Date.now() - HELD_MS) });
    const all = await this.instances.living();
    const machines = await this.machinesOf(all);
    const living = all.filter((instance) => instance.provider === provider.name);
    const sightings = await provider.reconcile(living, machines);
    if (!sightings) return;
    for (const { id } of living) {
      const sighting = sightings.get(id);
      // It may have changed while the provider was asked.
      const now = sighting && (await this.instances.get(id));
      if (now && !now.endedAt) await this.keep(now, sighting, machines.get(id) ?? null);
    }
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

  private async keep(instance: InstanceRecord, sighting: Sighting, machine: MachineRecord | null): Promise<void> {
    const seen = await this.see(instance, sighting.presence, machine);
    if (!seen || seen.endedAt || seen.wanted === 'gone') return;
    if (sighting.problem) return this.terminate(seen, sighting.problem.sentence, sighting.problem);
    if (sighting.over !== null) return this.terminate(seen, sighting.over);
    if (Date.now() >= seen.endsAt.getTime()) return this.terminate(seen, 'It reached the end of its time.');
    if (seen.wanted === 'stopped') return;
    const sinceStart = Date.now() - seen.startedAt.getTime();
    if (sinceStart > BOOT_MS && !seen.phases.some(({ name }) => name === 'ready')) return this.giveUp(seen);
    if (Date.now() >= seen.endsAt.getTime() - LAST_CALL_MS) {
      await this.runs.keepOut(seen.id);
      return this.runs.stopAll(seen.id, 'its instance reaches the end of its time');
    }
    if (seen.state === 'ready') await this.mindIdleness(seen);
  }

  private async giveUp(instance: InstanceRecord): Promise<void> {
    const sentence = 'It did not connect within 15 minutes. Look at the details, and launch another one.';
    const detail = (await this.providers.of(instance.provider).console(instance)) ?? 'It has written nothing.';
    const problem: InstanceProblem = {
      code: 'instance.silent',
      sentence,
      detail: detail.slice(-2_000),
      requestId: null,
    };
    await this.terminate(instance, sentence, problem);
  }

  /** Writes down the state that follows from what is there. */
  private async see(
    instance: InstanceRecord,
    presence: Presence,
    machine: MachineRecord | null,
  ): Promise<InstanceRecord | null> {
    const { wanted, problem } = instance;
    const state = stateOf({ wanted, failed: problem !== null, presence, machine });
    const now = new Date();
    const ran = withSpan(instance.ran, presence === 'running' || presence === 'coming', now);
    const machineId = machine?.id ?? instance.machineId;
    if (state === instance.state && ran === instance.ran && machineId === instance.machineId) return instance;
    const ended = isEnded(state);
    const change = {
      state,
      ran,
      machineId,
      phases: withPhase(instance.phases, state, now),
      ...(state === 'ready' && state !== instance.state && { readyAt: now, busyAt: now }),
      ...(ended && { endedAt: now }),
    };
    const changed = await this.instances.change(instance.id, change, { state: instance.state, wanted });
    if (!changed) {
      this.again.add(instance.provider);
      return null;
    }
    if (state !== instance.state)
      logger.info({ instanceId: instance.id, from: instance.state, to: state }, 'an instance changed its state');
    await this.announce(changed);
    // Its machine goes with the next look.
    if (ended) this.again.add(instance.provider);
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
      if (!canRest(instance)) return this.terminate(instance, `Terminated by itself, ${idleMinutes} min idle.`);
      const reason = `Stopped by itself, ${idleMinutes} min idle.`;
      const stopped = await this.instances.change(id, { wanted: 'stopped', reason }, { wanted: 'running' });
      if (stopped) await this.announce(stopped);
      this.again.add(instance.provider);
    }
  }
}

/** Each state once, when it was first reached. */
function withPhase(phases: InstanceRecord['phases'], name: InstanceState, at: Date): InstanceRecord['phases'] {
  return phases.some((phase) => phase.name === name) ? phases : [...phases, { name, at }];
}

/** The spans in which it ran, with now. */
function withSpan(ran: InstanceRecord['ran'], running: boolean, now: Date): InstanceRecord['ran'] {
  const last = ran.at(-1);
  const open = last !== undefined && last.to === null;
  if (open === running) return ran;
  return open ? [...ran.slice(0, -1), { from: last.from, to: now }] : [...ran, { from: now, to: null }];
}
