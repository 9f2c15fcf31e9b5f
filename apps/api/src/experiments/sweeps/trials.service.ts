import { isTerminal, type Target } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { TrialsRepository } from '../../run-records/trials.repository.js';
import { RunDrafts } from '../../runs/life/run-drafts.service.js';
import { RunStarter } from '../../runs/life/run-starter.service.js';
import { RunStopper } from '../../runs/life/run-stopper.service.js';
import { TargetsService } from '../../runs/life/targets.service.js';
import type { Place } from './sweep-plan.js';
import { type SweepRecord, SweepsRepository } from './sweeps.repository.js';

/** Behind what a person starts by Go. */
const PRIORITY = -10;
/** A machine that is lost takes no trial with it. */
const RETRY = { max: 3, on: 'loss', backoffSeconds: 1 } as const;

const SWEEP_RESUMED = 'its sweep was resumed without it';

/** Starts and stops the runs of sweeps. */
@Injectable()
export class Trials {
  constructor(
    private readonly records: TrialsRepository,
    private readonly sweeps: SweepsRepository,
    private readonly runs: RunsRepository,
    private readonly drafts: RunDrafts,
    private readonly starter: RunStarter,
    private readonly stopper: RunStopper,
    private readonly targets: TargetsService,
  ) {}

  /** Where trials could begin at this moment: a target for each free slot, the emptiest machines first. */
  async freePlaces({ ownerId, target, needs }: SweepRecord): Promise<(Target | undefined)[]> {
    const machines = await this.targets.open(ownerId, target, needs ?? null);
    const free = await Promise.all(
      machines.map(async ({ id, slots }) => ({ id, slots: slots - (await this.records.countOn(id, slots)) })),
    );
    const rounds = Math.max(0, ...free.map(({ slots }) => slots));
    const places = Array.from({ length: rounds }, (_, round) =>
      free.filter(({ slots }) => slots > round).map(({ id }) => (target ?? { machineId: id }) satisfies Target),
    ).flat();
    if (target === null || 'machineId' in target) return places;
    return places.slice(await this.records.countWaitingFor(target.poolId, places.length));
  }

  /** Does nothing where the place has a run of this round. @throws ProblemError where the owner may not have it */
  async start(sweep: SweepRecord, { setting, seed }: Place, target: Target | undefined): Promise<void> {
    const { id: sweepId, ownerId, projectId, projectName, projectSettings, file, command, round } = sweep;
    const { args, needs, timeoutSeconds, knob, settings } = sweep;
    const value = settings[setting]?.value;
    if (value === undefined) return;
    const kept = { ownerId, projectId, projectName, settings: projectSettings, target };
    const snapshot = { id: sweep.snapshotId, bytes: sweep.snapshotBytes };
    const run = await this.starter.trial(ownerId, () =>
      this.drafts.ofSnapshot(kept, snapshot, {
        ...{ file, command, args, timeoutSeconds, seed },
        needs: needs ?? null,
        params: { ...sweep.params, [knob]: value },
        seeded: true,
        priority: PRIORITY,
        retry: RETRY,
        role: setting === 0 ? 'baseline' : 'trial',
        trial: { sweepId, setting, round },
      }),
    );
    // Resumed meanwhile, by another server perhaps: the round that began has a run of this place, or makes one.
    if (run && (await this.sweeps.get(sweepId))?.round !== round) await this.stop([run], SWEEP_RESUMED);
  }

  async stop(trials: readonly { id: string }[], reason: string): Promise<void> {
    for (const { id } of trials) {
      const run = await this.runs.get(id);
      if (run && !isTerminal(run.state)) await this.stopper.stop(run, reason);
    }
  }
}
