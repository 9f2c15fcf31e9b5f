import { z } from 'zod';
import {
  CallSchema,
  type CommandResult,
  CommandResultSchema,
  type Fault,
  type FaultOptions,
  FaultSchema,
  type RecordedCall,
  type SpotPrice,
} from './control.js';

/** The routes under /_simulator of a simulator that runs. */
export class SimulatorControl {
  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  /** Makes the next calls fail that match; `count` is 1 where it is not given. */
  async addFault(fault: FaultOptions): Promise<void> {
    await this.send('POST', 'faults', fault);
  }

  /** The faults that are still to be taken. */
  async faults(): Promise<Fault[]> {
    return z.array(FaultSchema).parse(await this.send('GET', 'faults'));
  }

  async clearFaults(): Promise<void> {
    await this.send('DELETE', 'faults');
  }

  /** Moves the clock that states, prices and timers of instances follow. */
  async advanceClock(advanceMs: number): Promise<void> {
    await this.send('POST', 'clock', { advanceMs });
  }

  async setSpotPrice(price: SpotPrice): Promise<void> {
    await this.send('POST', 'spot-prices', price);
  }

  /** Announces to a spot instance that it ends. */
  async interrupt(instanceId: string): Promise<void> {
    await this.send('POST', `instances/${instanceId}/interrupt`);
  }

  /** Cuts the power of an instance: nothing in it ends in order. It boots again, as after a failure of the host. */
  async powerCycle(instanceId: string): Promise<void> {
    await this.send('POST', `instances/${instanceId}/power-cycle`);
  }

  /** Runs a bash command inside an instance, as root, and waits for its end. */
  async run(instanceId: string, command: string): Promise<CommandResult> {
    return CommandResultSchema.parse(await this.send('POST', `instances/${instanceId}/command`, { command }));
  }

  /** The AWS calls so far, the oldest first; the last 10,000 are kept. */
  async calls(): Promise<RecordedCall[]> {
    return z.array(CallSchema).parse(await this.send('GET', 'calls'));
  }

  private async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.address}/_simulator/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The simulator refused ${method} ${path}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}
