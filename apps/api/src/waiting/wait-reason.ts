import type { Needs } from '@mle/protocol';
import { satisfies, takesRuns } from '../machines/machine-fitness.js';
import type { MachineRecord } from '../machines/machines.repository.js';
import type { PoolRecord } from '../pools/pools.repository.js';
import type { RunRecord } from '../runs/run-view.js';

const GiB = 1024 ** 3;

/** Why a run waits in the line of a machine behind `before` others. */
export function machineWaitReason(run: RunRecord, machine: MachineRecord | null, before: number): string {
  const delayed = delayReason(run);
  if (!machine) return 'Its machine was removed. Stop the run and choose another machine.';
  if (delayed) return delayed;
  if (!machine.online) return `${machine.name} is offline. The run starts when it is back.`;
  if (machine.draining) return `${machine.name} takes no new runs while it is drained.`;
  return before === 0 ? `It is next on ${machine.name}.` : `${runsAre(before)} before it on ${machine.name}.`;
}

export interface PoolSituation {
  pool: PoolRecord | null;
  /** All machines, of whatever pool. */
  machines: readonly MachineRecord[];
  /** Slots that are taken, by machine. */
  taken: ReadonlyMap<string, number>;
}

/** Why a run waits for any machine of its pool behind `before` others. */
export function poolWaitReason(run: RunRecord, { pool, machines, taken }: PoolSituation, before: number): string {
  if (!pool) return 'Its pool was removed. Stop the run and choose another target.';
  const delayed = delayReason(run);
  if (delayed) return delayed;
  const members = machines.filter(({ poolIds }) => poolIds.includes(pool.id));
  if (members.length === 0) return `Pool ${pool.name} has no machines. Add one to it on the Machines page, or stop the run and choose another target.`;
  const fit = members.filter((machine) => satisfies(machine, run.needs));
  const needs = needsInWords(run.needs);
  if (fit.length === 0) return `No machine of pool ${pool.name} has ${needs}. Add one that has, or stop the run and ask for less.`;
  const which = `of pool ${pool.name}${fit.length < members.length ? ` that has ${needs}` : ''}`;
  if (!fit.some(({ online }) => online)) return `No machine ${which} is online. The run starts when one is back.`;
  const open = fit.filter(takesRuns);
  if (open.length === 0) return `Every machine ${which} that is online is drained and takes no new runs.`;
  if (open.every(({ id, slots }) => (taken.get(id) ?? 0) >= slots)) return `Every machine ${which} is busy; ${before === 0 ? 'it is next' : `${runsAre(before)} before it`}.`;
  return before === 0 ? `A machine ${which} is free. The run starts in a moment.` : `${runsAre(before)} before it in pool ${pool.name}.`;
}

function delayReason({ notBefore }: RunRecord): string | null {
  return notBefore && notBefore > new Date() ? `The next attempt begins at ${notBefore.toISOString()}.` : null;
}

const runsAre = (count: number): string => `${count} ${count === 1 ? 'run is' : 'runs are'}`;

/** "2 GPUs with 16 GB and the label fast" */
export function needsInWords(needs: Needs | null): string {
  const { labels = [], gpuMemoryBytes = 0, gpus = gpuMemoryBytes > 0 ? 1 : 0 } = needs ?? {};
  const memory = gpuMemoryBytes > 0 ? ` with ${Math.round((gpuMemoryBytes / GiB) * 10) / 10} GB` : '';
  const parts = [];
  if (gpus > 0) parts.push(`${gpus === 1 ? 'a GPU' : `${gpus} GPUs`}${memory}`);
  if (labels.length > 0) parts.push(`the ${labels.length === 1 ? 'label' : 'labels'} ${labels.join(', ')}`);
  return parts.join(' and ');
}
