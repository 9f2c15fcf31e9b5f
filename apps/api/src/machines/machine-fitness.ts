import type { Needs } from '@mle/protocol';
import { freeGpus, giveGpus } from '../run-records/gpu-seats.js';
import type { MachineRecord } from './machines.repository.js';

/** Whether the machine has what a run needs, be it held by other runs now or not. */
export function satisfies(
  machine: Pick<MachineRecord, 'id' | 'labels' | 'inventory'>,
  needs: Needs | null | undefined,
): boolean {
  return (
    (needs?.labels ?? []).every((label) => machine.labels.includes(label)) &&
    giveGpus(freeGpus(machine, []), needs).enough
  );
}

/** Whether the machine takes runs now, if it has a free slot. */
export const takesRuns = ({ online, draining }: Pick<MachineRecord, 'online' | 'draining'>): boolean =>
  online && !draining;

/**
 * Whether it runs what members start. Where programs have the rights of the server itself they can read its keys and
 * all that is stored, so that somebody has to decide it.
 */
export const takesMembers = ({
  takesMembers: decided,
  provider,
  inventory,
}: Pick<MachineRecord, 'takesMembers' | 'provider' | 'inventory'>): boolean =>
  decided ?? !(provider === 'local' && inventory?.isolated === false);
