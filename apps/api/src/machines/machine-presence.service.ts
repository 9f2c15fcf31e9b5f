import { type Hello, type Inventory, type Load, TIMING } from '@mle/protocol';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { logger } from '../platform/logging/logger.js';
import { EventsService } from '../platform/signals/events.service.js';
import { type MachineRecord, MachinesRepository } from './machines.repository.js';
import { MachinesService } from './machines.service.js';

const CHECK_MS = 500;

/** Whether machines are there, and what they tell of themselves. */
@Injectable()
export class MachinePresence implements OnModuleInit, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly repository: MachinesRepository,
    private readonly machines: MachinesService,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.expire().catch((error: unknown) => logger.debug({ err: error }, 'presence was not checked'));
    }, CHECK_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Takes what a worker says of its machine when it connects; null when the machine was removed. */
  greet(machineId: string, hello: Hello): Promise<MachineRecord | null> {
    return this.repository.greet(machineId, hello);
  }

  /** A heartbeat came; false when the machine was removed. */
  async seen(machineId: string, load: Load | null): Promise<boolean> {
    const before = await this.repository.get(machineId);
    const machine = await this.repository.seen(machineId, load);
    if (!machine) return false;
    // It was shown offline after a silence, and speaks again on the same connection.
    if (!before?.online) await this.moved(machine);
    else if (before.load !== machine.load) await this.machines.announce(machine);
    return true;
  }

  /** What is there now: a run may have waited for just that. */
  async changeInventory(machineId: string, inventory: Inventory): Promise<MachineRecord | null> {
    const machine = await this.repository.setInventory(machineId, inventory);
    if (machine) await this.moved(machine);
    return machine;
  }

  async leave(machineId: string): Promise<void> {
    const machine = await this.repository.setOffline(machineId);
    if (machine) await this.moved(machine);
  }

  /** Tells everybody that the machine came or went, or has something that it had not. */
  async moved(machine: MachineRecord): Promise<void> {
    this.events.emit('machine.presence', machine.id);
    await this.machines.announce(machine);
  }

  private async expire(): Promise<void> {
    for (const machine of await this.repository.expire(new Date(Date.now() - TIMING.offlineAfterMs))) {
      logger.info({ machineId: machine.id, name: machine.name }, 'the machine is offline');
      await this.moved(machine);
    }
  }
}
