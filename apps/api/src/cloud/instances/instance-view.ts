import type { InstanceView } from '@mle/protocol';
import type { MachineRecord } from '../../machines/machines.repository.js';
import { costOf, perHourOf } from './cost.js';
import type { InstanceRecord } from './instances.repository.js';

export function instanceView(
  instance: InstanceRecord,
  machine: Pick<MachineRecord, 'id' | 'name'> | null,
): InstanceView {
  const { id, provider, name, state, type, idleMinutes, reason, problem } = instance;
  return {
    id,
    provider,
    ownerId: instance.ownerId ?? null,
    // People rename the machine.
    name: machine?.name ?? name,
    state,
    type,
    machineId: machine?.id ?? null,
    pricePerHour: perHourOf(instance),
    cost: costOf(instance, 0, Date.now()),
    buy: instance.buy,
    way: instance.way,
    image: instance.image,
    region: instance.region,
    zone: instance.zone,
    providerId: instance.providerId,
    address: instance.address,
    requestedAt: instance.requestedAt.toISOString(),
    readyAt: instance.readyAt?.toISOString() ?? null,
    endsAt: instance.endsAt.toISOString(),
    endedAt: instance.endedAt?.toISOString() ?? null,
    idleMinutes,
    phases: instance.phases.map(({ name: phase, at }) => ({ name: phase, at: at.toISOString() })),
    reason,
    problem,
  };
}
