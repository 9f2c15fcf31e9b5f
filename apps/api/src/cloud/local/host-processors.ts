import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { InstanceType } from '@mle/protocol';

const SIZES = [1, 2, 4, 8, 16, 32];

/** Sizes in which this computer is divided; the largest is all of it. Memory is not divided. */
export function localTypes(): InstanceType[] {
  const all = availableParallelism();
  const sizes = [...SIZES.filter((size) => size < all), all];
  const memoryGb = Math.max(1, Math.round(totalmem() / 2 ** 30));
  return sizes.map((cpus) => ({
    type: `local-${cpus}`,
    cpus,
    memoryGb,
    gpu: null,
    pricePerHour: 0,
    spotPerHour: null,
    freeTier: false,
    overQuota: false,
  }));
}

/** Indexes of the processors that this process may use, as Linux tells them; null: the system does not. */
export function hostProcessors(status = procStatus()): number[] | null {
  const list = /^Cpus_allowed_list:\s*([\d,-]{1,4096})$/m.exec(status)?.[1];
  if (list === undefined) return null;
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** The `count` processors that the fewest others have; of equals the first. */
export function leastTaken(host: readonly number[], taken: readonly number[], count: number): number[] {
  const takers = (cpu: number) => taken.filter((other) => other === cpu).length;
  return [...host]
    .sort((a, b) => takers(a) - takers(b) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}

function procStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'latin1');
  } catch {
    return '';
  }
}
