import type { LeftoverRequest } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { QueueGate } from '../../machines/queue/queue-gate.service.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { LeftoversService } from '../../results/leftovers/leftovers.service.js';
import { LinkSessions } from './link-sessions.js';

/** Carries what machines have to do to those whose link ends in this process; the other replicas carry the rest. */
@Injectable()
export class MachineOrders implements OnApplicationBootstrap {
  constructor(
    private readonly sessions: LinkSessions,
    private readonly machines: MachinesRepository,
    private readonly leftovers: LeftoversService,
    private readonly gate: QueueGate,
    private readonly events: EventsService,
  ) {}

  onApplicationBootstrap(): void {
    this.events.on('machine.stop', (machineId, request) => this.sessions.of(machineId)?.stop(request));
    this.events.on('machine.leftovers', (machineId, requestId, request) => {
      this.settleLeftovers(machineId, requestId, request).catch((error: unknown) =>
        logger.warn({ err: error, machineId }, 'a machine did not settle the files that a run left'),
      );
    });
    this.events.on('machine.settings', (machineId) => {
      this.refresh(machineId).catch((error: unknown) =>
        logger.warn({ err: error, machineId }, 'a machine was not told its settings'),
      );
    });
  }

  private async settleLeftovers(machineId: string, requestId: string, request: LeftoverRequest): Promise<void> {
    const session = this.sessions.of(machineId);
    if (!session) return;
    const reply = await session.settleLeftovers(request).catch(() => ({
      items: request.items.map(({ path }) => ({
        path,
        reason: 'The connection to the machine was lost. Try again.',
      })),
    }));
    await this.leftovers.settle(requestId, request, reply);
  }

  /** The settings changed, or the machine was removed. */
  private async refresh(machineId: string): Promise<void> {
    const machine = await this.machines.get(machineId);
    if (machine) return this.sessions.of(machineId)?.settings(machine);
    this.sessions.of(machineId)?.disconnect();
    this.gate.disconnect(machineId);
  }
}
