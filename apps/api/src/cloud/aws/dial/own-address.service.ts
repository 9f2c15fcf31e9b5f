import { isIPv4 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { logger } from '../../../platform/logging/logger.js';
import { AwsSettingsRepository } from '../keys/aws-settings.repository.js';

const KEPT_MS = 60_000;
const ANSWER_MS = 3_000;
/** More than an address is not looked at, and of the answer only its first piece. */
const MOST_CHARACTERS = 100;

/** By which address the internet sees this server. It changes where a laptop moves. */
@Injectable()
export class OwnAddressService {
  private asked: { at: number; address: Promise<string | null> } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly settings: AwsSettingsRepository,
  ) {}

  /** What a person gave, else what the address service says; null: neither. */
  async find(): Promise<{ address: string | null; typed: boolean }> {
    const typed = await this.settings.ownAddress();
    if (typed !== null) return { address: typed, typed: true };
    // Machines of a simulation run on this computer.
    if (this.config.awsEndpoints.ec2 !== null) return { address: '127.0.0.1', typed: false };
    if (this.asked === null || Date.now() - this.asked.at > KEPT_MS)
      this.asked = { at: Date.now(), address: this.ask(this.config.addressService) };
    return { address: await this.asked.address, typed: false };
  }

  private async ask(service: string): Promise<string | null> {
    if (service === 'none') return null;
    try {
      const response = await fetch(service, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
      const body: ReadableStream<Uint8Array> | null = response.body;
      const first = await body?.getReader().read();
      const address = Buffer.from(first?.value ?? [])
        .toString('latin1')
        .slice(0, MOST_CHARACTERS)
        .trim();
      return response.ok && isIPv4(address) ? address : null;
    } catch (error) {
      logger.debug({ err: error, service }, 'the address service does not answer');
      return null;
    }
  }
}
