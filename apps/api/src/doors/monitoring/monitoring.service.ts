import { ACTIVE_STATES, MACHINE_STATES } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { MachinesService } from '../../machines/machines.service.js';
import { logger } from '../../platform/logging/logger.js';
import { Meters } from '../../platform/meters/meters.js';
import { RunsRepository } from '../../run-records/runs.repository.js';

/** The numbers of this server at the moment of a scrape. */
@Injectable()
export class MonitoringService {
  constructor(
    private readonly meters: Meters,
    private readonly runs: RunsRepository,
    private readonly machines: MachinesService,
  ) {}

  get contentType(): string {
    return this.meters.registry.contentType;
  }

  async text(): Promise<string> {
    // Without the database they are missing rather than old; what the process knows of itself is there.
    await this.lookUp().catch((error: unknown) => {
      this.meters.runs.reset();
      this.meters.machines.reset();
      logger.debug({ err: error }, 'runs and machines could not be counted');
    });
    return this.meters.registry.metrics();
  }

  private async lookUp(): Promise<void> {
    const machines = await this.machines.list();
    for (const state of MACHINE_STATES)
      this.meters.machines.set({ state }, machines.filter((machine) => machine.state === state).length);
    for (const state of ACTIVE_STATES) this.meters.runs.set({ state }, await this.runs.count(state));
  }
}
