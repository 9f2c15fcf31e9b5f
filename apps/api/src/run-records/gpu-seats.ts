import type { Inventory, Needs } from '@mle/protocol';

/** A GPU of a machine: `index` is its place in the inventory. */
export interface Gpu {
  index: number;
  memoryBytes: number;
}

interface MachineGpus {
  id: string;
  inventory: Pick<Inventory, 'gpus'> | null;
}

/** How many GPUs a run wants for itself; one that wants none sees all of its machine's. */
export const gpusWanted = (needs: Needs | null | undefined): number => needs?.gpus ?? (needs?.gpuMemoryBytes ? 1 : 0);

export const gpuSeats = (machineId: string, gpus: readonly number[]): string[] =>
  gpus.map((index) => `${machineId}/${index}`);

/** The GPUs of the machine that none of the runs on it holds. */
export function freeGpus({ id, inventory }: MachineGpus, placed: readonly { gpuSeats?: string[] }[]): Gpu[] {
  const held = new Set(placed.flatMap(({ gpuSeats: seats = [] }) => seats));
  return (inventory?.gpus ?? [])
    .map(({ memoryBytes }, index) => ({ index, memoryBytes }))
    .filter(({ index }) => !held.has(`${id}/${index}`));
}

/**
 * The GPUs that the run gets of those that are free: the smallest that will do. One that wants more than there are
 * keeps what it can use, so that it is not passed by smaller runs for ever.
 */
export function giveGpus(
  free: readonly Gpu[],
  needs: Needs | null | undefined,
): { given: number[]; enough: boolean; rest: Gpu[] } {
  const wanted = gpusWanted(needs);
  const fit = free
    .filter(({ memoryBytes }) => memoryBytes >= (needs?.gpuMemoryBytes ?? 0))
    .sort((a, b) => a.memoryBytes - b.memoryBytes || a.index - b.index);
  const given = fit.slice(0, wanted);
  return {
    given: given.map(({ index }) => index),
    enough: given.length === wanted,
    rest: free.filter((gpu) => !given.includes(gpu)),
  };
}
