import type { Needs } from '@mle/protocol';
import type { MachineRecord } from './machines.repository.js';

/** Whether the machine has what a run needs. */
export function satisfies({ labels, inventory }: Pick<MachineRecord, 'labels' | 'inventory'>, needs: Needs | null | undefined): boolean {
  if (!needs) return true;
  if (!(needs.labels ?? []).every((label) => labels.includes(label))) return false;
  const gpus = (inventory?.gpus ?? []).filter((gpu) => gpu.memoryBytes >= (needs.gpuMemoryBytes ?? 0));
  return gpus.length >= (needs.gpus ?? (needs.gpuMemoryBytes ? 1 : 0));
}

/** Whether the machine takes runs now, if it has a free slot. */
export const takesRuns = ({ online, draining }: Pick<MachineRecord, 'online' | 'draining'>): boolean => online && !draining;
