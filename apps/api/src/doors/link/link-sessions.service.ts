import {
  type ArtifactEntry,
  type AttemptProgress,
  type AttemptRef,
  type Heartbeat,
  type Hello,
  type HelloReply,
  type Inventory,
  type LeftoverRequest,
  type MachineSettings,
  ON_MACHINE_STATES,
  type ResourceUsage,
  VERSION,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { MachineCredentials } from '../../machines/machine-credentials.js';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { MachinesService } from '../../machines/machines.service.js';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { QueueGate } from '../../machines/queue/queue-gate.service.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { ArtifactIntake } from '../../results/artifacts/artifact-intake.service.js';
import { LeftoversRepository } from '../../results/leftovers/leftovers.repository.js';
import { LeftoversService } from '../../results/leftovers/leftovers.service.js';
import { OutputIngest } from '../../results/output/output-ingest.service.js';
import { ResourcesService } from '../../results/resources/resources.service.js';
import { currentAttempt, isOn, type RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { AttemptClaims } from '../../runs/life/attempt-claims.service.js';
import { AttemptEndings } from '../../runs/life/attempt-endings.service.js';
import { type ClaimingMachine, claimingMachine } from '../../runs/life/claiming-machine.js';
import type { LinkSession, WorkerData } from './link-session.js';

const REFUSED_TOKEN = 'The join token is unknown, was used or is too old. Make a new one on the Machines page.';

/** The workers that are connected to this process, and what their messages mean for machines and runs. */
@Injectable()
export class LinkSessions {
  private readonly sessions = new Map<string, LinkSession>();

  constructor(
    readonly claims: AttemptClaims,
    readonly endings: AttemptEndings,
    readonly ingest: OutputIngest,
    readonly artifacts: ArtifactIntake,
    readonly left: LeftoversService,
    private readonly leftoversRepository: LeftoversRepository,
    private readonly credentials: MachineCredentials,
    private readonly machines: MachinesService,
    private readonly repository: MachinesRepository,
    private readonly runs: RunsRepository,
    private readonly deliveries: DeliveriesService,
    private readonly gate: QueueGate,
    private readonly resources: ResourcesService,
    private readonly events: EventsService,
  ) {}

  of(machineId: string): LinkSession | undefined {
    return this.sessions.get(machineId);
  }

  /** Settles with a worker that (re)connects what becomes of each attempt that either side knows of. */
  async greet(
    session: LinkSession,
    data: WorkerData,
    hello: Hello,
  ): Promise<{ machine: ClaimingMachine; reply: HelloReply }> {
    const joined = data.machineId
      ? null
      : await this.credentials.join(data.joinToken ?? '', hello.name ?? hello.inventory.hostname.slice(0, 80));
    const machineId = data.machineId ?? joined?.machineId;
    if (!machineId) throw new Error(REFUSED_TOKEN);
    const machine = await this.repository.greet(machineId, hello);
    if (!machine) throw new Error('This machine was removed. Add it again on the Machines page.');
    const earlier = this.sessions.get(machineId);
    this.sessions.set(machineId, session);
    // Two links of one machine: the newer one is the living one.
    if (earlier && earlier !== session) earlier.disconnect();
    const attempts = await this.reconcile(machine, hello);
    this.events.emit('machine.presence', machineId);
    await this.machines.announce(machine);
    logger.info(
      { machineId, name: machine.name, version: hello.version, attempts: attempts.length },
      'the machine is online',
    );
    const credential = joined ? { credential: joined.credential } : {};
    return {
      machine: claimingMachine(machine),
      reply: { machineId, ...credential, settings: settings(machine), serverVersion: VERSION, attempts },
    };
  }

  async seen(known: { id: string }, { load, attempts }: Heartbeat, session: LinkSession): Promise<void> {
    const before = await this.repository.get(known.id);
    const machine = await this.repository.seen(known.id, load);
    if (!machine) return session.disconnect();
    // It was shown offline after a silence, and speaks again on the same connection.
    if (!before?.online) this.events.emit('machine.presence', known.id);
    if (!before?.online || before.load !== machine.load) await this.machines.announce(machine);
    const active = await this.runs.heldBy(known.id);
    for (const ref of attempts)
      if (!active.some((run) => run.id === ref.runId && run.attempt === ref.attempt))
        await this.discardLost(ref, session);
    for (const run of active) {
      if (run.state === 'stopping')
        session.stop({ runId: run.id, attempt: run.attempt, reason: run.stopReason ?? 'stopped' });
      else if (run.state === 'preparing' && !attempts.some(({ runId }) => runId === run.id))
        await this.deliverAgain(run);
    }
  }

  async progress(machineId: string, progress: AttemptProgress): Promise<void> {
    const run = await this.runs.get(progress.runId);
    if (!run || currentAttempt(run).machineId !== machineId) return;
    this.events.publish('run.progress', { userId: run.ownerId }, progress);
  }

  /** What the machine uses, to each of its runs. */
  async usage(machineId: string, { machine, runs }: ResourceUsage): Promise<void> {
    for (const { runId, attempt, sample } of runs) {
      const ref = { runId, attempt };
      if (await this.mayWrite(machineId, ref)) await this.resources.add(ref, { ...machine, ...sample });
    }
  }

  /**
   * What is there now: a run may have waited for just that. Answers whether the machine is shared, as a claim has to
   * know.
   */
  async inventory(machineId: string, inventory: Inventory): Promise<boolean> {
    const machine = await this.repository.setInventory(machineId, inventory);
    this.events.emit('machine.presence', machineId);
    if (machine) await this.machines.announce(machine);
    return machine !== null && claimingMachine(machine).shared;
  }

  /** Whether the machine holds the attempt, and it is the current one. */
  async mayWrite(machineId: string, { runId, attempt }: AttemptRef): Promise<boolean> {
    const run = await this.runs.get(runId);
    return run !== null && isOn(run, { runId, attempt }, machineId);
  }

  /**
   * Whether the machine may store artifacts: of the attempt that it holds, or of one that is over what a person asked
   * it to keep.
   */
  async mayPut(machineId: string, ref: AttemptRef, items: ArtifactEntry[]): Promise<{ ownerId: string } | null> {
    const run = await this.runs.get(ref.runId);
    if (run === null) return null;
    if (isOn(run, ref, machineId)) return run;
    const kept =
      items.every(({ origin }) => origin === 'kept') && (await this.leftoversRepository.mayKeep(ref, machineId));
    return kept ? run : null;
  }

  /** Hands a request to the machine, if its link is here, and tells whoever waits what became of it. */
  async leftovers(machineId: string, requestId: string, request: LeftoverRequest): Promise<void> {
    const session = this.of(machineId);
    if (!session) return;
    const reply = await session.settleLeftovers(request).catch(() => ({
      items: request.items.map(({ path }) => ({ path, reason: 'The connection to the machine was lost. Try again.' })),
    }));
    await this.left.settle(requestId, request, reply);
  }

  async leave(machineId: string, session: LinkSession): Promise<void> {
    this.drop(machineId, session);
    const machine = await this.repository.setOffline(machineId);
    this.events.emit('machine.presence', machineId);
    if (machine) await this.machines.announce(machine);
  }

  /** The connection is gone; whether the machine is, its silence will tell. */
  drop(machineId: string, session: LinkSession): void {
    if (this.sessions.get(machineId) === session) this.sessions.delete(machineId);
  }

  async refresh(machineId: string): Promise<void> {
    const machine = await this.repository.get(machineId);
    if (machine) return this.of(machineId)?.settings(settings(machine), claimingMachine(machine).shared);
    this.of(machineId)?.disconnect();
    this.gate.disconnect(machineId);
  }

  private async reconcile(machine: MachineRecord, hello: Hello): Promise<HelloReply['attempts']> {
    const active = new Map((await this.runs.activeOn(machine.id)).map((run) => [run.id, run]));
    const attempts: HelloReply['attempts'] = [];
    const journaled = new Set<string>();
    for (const ref of hello.attempts) {
      const run = active.get(ref.runId);
      const goesOn = run !== undefined && run.attempt === ref.attempt && ON_MACHINE_STATES.includes(run.state);
      if (goesOn) journaled.add(run.id);
      attempts.push({
        ...ref,
        verdict: goesOn ? 'continue' : 'discard',
        storedBytes: goesOn ? await this.ingest.storedBytes(ref) : 0,
        stop: goesOn && run.state === 'stopping' ? (run.stopReason ?? 'stopped') : null,
      });
    }
    for (const run of active.values()) if (!journaled.has(run.id)) await this.settleUnknown(run);
    return attempts;
  }

  /**
   * The machine still holds an attempt that was given up: what ended otherwise, it ended itself and is about to forget.
   */
  private async discardLost(ref: AttemptRef, session: LinkSession): Promise<void> {
    const run = await this.runs.get(ref.runId);
    if (run === null || run.attempts[ref.attempt - 1]?.state === 'lost') session.discard(ref);
  }

  /** The machine does not know of a run that is on it. */
  private async settleUnknown(run: RunRecord): Promise<void> {
    if (run.state === 'running') return this.endings.lose(run, 'the worker came back without this run');
    // Claimed, but never in the journal, so never started: a stop is done, and else it is delivered again.
    if (run.state === 'stopping') {
      return currentAttempt(run).startedAt
        ? this.endings.lose(run, 'the worker came back without this run')
        : this.endings.stopUnstarted(run);
    }
    if (run.state === 'preparing') await this.deliverAgain(run);
  }

  /** Without Redis it is tried again with a later heartbeat; a delivery too many is settled by the worker. */
  private async deliverAgain(run: RunRecord): Promise<void> {
    const ref = { runId: run.id, attempt: run.attempt };
    await this.deliveries
      .deliver(run)
      .catch((error: unknown) => logger.debug({ err: error, ...ref }, 'an attempt is not delivered again yet'));
  }
}

function settings({ name, slots, draining }: MachineRecord): MachineSettings {
  return { name, slots, draining };
}
