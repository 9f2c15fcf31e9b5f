import { Injectable } from '@nestjs/common';
import { MachinesRepository, type MachineRecord } from '../machines/machines.repository.js';
import { NOT_WAITING, runView, type RunRecord, type Waiting } from './run-view.js';
import { RunsRepository } from './runs.repository.js';
import type { RunView } from '@mle/protocol';

/** Says of waiting runs why they wait, and which place they have. */
@Injectable()
export class WaitingService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly machines: MachinesRepository,
  ) {}

  async view(run: RunRecord): Promise<RunView> {
    return runView(run, await this.waiting(run));
  }

  /** The views of many runs, for the price of two queries. */
  async views(runs: readonly RunRecord[]): Promise<RunView[]> {
    const machineIds = [...new Set(runs.filter(waits).map(({ machineId }) => machineId))];
    if (machineIds.length === 0) return runs.map((run) => runView(run, NOT_WAITING));
    const [machines, lines] = await Promise.all([this.machines.list(), this.runs.waitingLines(machineIds)]);
    const byId = new Map(machines.map((machine) => [machine.id, machine]));
    const places = new Map([...lines.values()].flatMap((line) => line.map((id, i) => [id, i] as const)));
    return runs.map((run) => runView(run, waits(run) ? waiting(run, byId.get(run.machineId) ?? null, places.get(run.id) ?? 0) : NOT_WAITING));
  }

  private async waiting(run: RunRecord): Promise<Waiting> {
    if (!waits(run)) return NOT_WAITING;
    const [machine, before] = await Promise.all([this.machines.get(run.machineId), this.runs.waitingBefore(run)]);
    return waiting(run, machine, before);
  }
}

function waits(run: RunRecord): run is RunRecord & { machineId: string } {
  return (run.state === 'queued' || run.state === 'assigned') && run.machineId !== null;
}

function waiting(run: RunRecord, machine: MachineRecord | null, before: number): Waiting {
  const place = before + 1;
  if (!machine) return { place, waitReason: 'Its machine was removed. Stop the run and choose another machine.' };
  if (run.notBefore && run.notBefore > new Date()) return { place, waitReason: `The next attempt begins at ${run.notBefore.toISOString()}.` };
  if (!machine.online) return { place, waitReason: `${machine.name} is offline. The run starts when it is back.` };
  if (machine.draining) return { place, waitReason: `${machine.name} takes no new runs while it is drained.` };
  return { place, waitReason: before === 0 ? `It is next on ${machine.name}.` : `${before} ${before === 1 ? 'run is' : 'runs are'} before it on ${machine.name}.` };
}
