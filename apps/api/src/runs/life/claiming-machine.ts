import type { MachineRecord } from '../../machines/machines.repository.js';

/** A machine that asks for runs. */
export interface ClaimingMachine {
  id: string;
  name: string;
  /** It is in a pool, or has GPUs: runs of its own line may have to wait for a run of the pool, or for GPUs. */
  shared: boolean;
}

export function claimingMachine({ id, name, poolIds, inventory }: MachineRecord): ClaimingMachine {
  return { id, name, shared: poolIds.length > 0 || (inventory?.gpus.length ?? 0) > 0 };
}
