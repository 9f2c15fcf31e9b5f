import type { Needs } from '@mle/protocol';
import { satisfies, takesRuns } from '../../machines/machine-fitness.js';
import type { MachineRecord } from '../../machines/machines.repository.js';
import type { PoolRecord } from '../../machines/pools/pools.repository.js';
import { freeGpus, giveGpus, gpusWanted } from '../../run-records/gpu-seats.js';
import { MOST_COUNTED, type PlacedRun } from '../../run-records/run-lines.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';

const GiB = 1024 ** 3;

/** Why a run waits in the line of a machine behind `before` others, while `here` are on it. */
export function machineWaitReason(
  run: RunRecord,
  machine: MachineRecord | null,
  here: readonly PlacedRun[],
  before: number,
): string {
  const delayed = delayReason(run);
  if (!machine) return 'Its machine was removed. Stop the run and choose another machine.';
  if (delayed) return delayed;
  if (!machine.online) return `${machine.name} is offline. The run starts when it is back.`;
  if (machine.draining) return `${machine.name} takes no new runs while it is drained.`;
  if (lacksGpus(run, machine, here)) return `Other runs hold the GPUs of ${machine.name}; ${place(before)}.`;
  return before === 0 ? `It is next on ${machine.name}.` : `${runsAre(before)} before it on ${machine.name}.`;
}

export interface PoolSituation {
  pool: PoolRecord | null;
  /** All machines, of whatever pool. */
  machines: readonly MachineRecord[];
  /** The runs that take up slots, of whatever machine. */
  placed: readonly PlacedRun[];
}

/** Why a run waits for any machine of its pool behind `before` others. */
export function poolWaitReason(run: RunRecord, { pool, machines, placed }: PoolSituation, before: number): string {
  if (!pool) return 'Its pool was removed. Stop the run and choose another target.';
  const delayed = delayReason(run);
  if (delayed) return delayed;
  const members = machines.filter(({ poolIds }) => poolIds.includes(pool.id));
  if (members.length === 0)
    return `Pool ${pool.name} has no machines. Add one to it on the Machines page, or stop the run and choose another target.`;
  const fit = members.filter((machine) => satisfies(machine, run.needs));
  const needs = needsInWords(run.needs);
  if (fit.length === 0)
    return `No machine of pool ${pool.name} has ${needs}. Add one that has, or stop the run and ask for less.`;
  const which = `of pool ${pool.name}${fit.length < members.length ? ` that has ${needs}` : ''}`;
  if (!fit.some(({ online }) => online)) return `No machine ${which} is online. The run starts when one is back.`;
  const open = fit.filter(takesRuns);
  if (open.length === 0) return `Every machine ${which} that is online is drained and takes no new runs.`;
  const roomy = open.filter(({ id, slots }) => on(id, placed).length < slots);
  if (roomy.length === 0) return `Every machine ${which} is busy; ${place(before)}.`;
  if (roomy.every((machine) => lacksGpus(run, machine, on(machine.id, placed))))
    return `Other runs hold the GPUs of every machine ${which}; ${place(before)}.`;
  return before === 0
    ? `A machine ${which} is free. The run starts in a moment.`
    : `${runsAre(before)} before it in pool ${pool.name}.`;
}

function delayReason({ notBefore }: RunRecord): string | null {
  return notBefore && notBefore > new Date() ? `The next attempt begins at ${notBefore.toISOString()}.` : null;
}

const on = (machineId: string, placed: readonly PlacedRun[]): PlacedRun[] =>
  placed.filter((run) => run.machineId === machineId);

const lacksGpus = ({ needs }: RunRecord, machine: MachineRecord, here: readonly PlacedRun[]): boolean =>
  !giveGpus(freeGpus(machine, here), needs).enough;

const place = (before: number): string => (before === 0 ? 'it is next' : `${runsAre(before)} before it`);
function runsAre(count: number): string {
  if (count > MOST_COUNTED) return `${MOST_COUNTED} runs or more are`;
  return `${count} ${count === 1 ? 'run is' : 'runs are'}`;
}

/** "2 GPUs with 16 GB and the label fast" */
function needsInWords(needs: Needs | null): string {
  const { labels = [], gpuMemoryBytes = 0 } = needs ?? {};
  const gpus = gpusWanted(needs);
  const memory = gpuMemoryBytes > 0 ? ` with ${Math.round((gpuMemoryBytes / GiB) * 10) / 10} GB` : '';
  const parts = [];
  if (gpus > 0) parts.push(`${gpus === 1 ? 'a GPU' : `${gpus} GPUs`}${memory}`);
  if (labels.length > 0) parts.push(`the ${labels.length === 1 ? 'label' : 'labels'} ${labels.join(', ')}`);
  return parts.join(' and ');
}
