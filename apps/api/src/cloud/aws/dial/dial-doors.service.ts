import { DIAL_PORT } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { logger } from '../../../platform/logging/logger.js';
import type { InstanceRecord } from '../../instances/instances.repository.js';
import type { AwsClients } from '../aws-clients.service.js';
import { inWords } from '../aws-errors.js';
import { installationId } from '../keys/installation-id.js';
import { NetworkService } from '../launch/network.service.js';
import { OwnAddressService } from './own-address.service.js';

const AGAIN_MS = 60_000;

/** Keeps the machines that are dialled open for this server's address, also after that has changed. */
@Injectable()
export class DialDoors {
  /** What each region lets in, and since when that is known. */
  private readonly kept = new Map<string, { address: string; at: number }>();
  private readonly troubles = new Map<string, string>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly ownAddress: OwnAddressService,
    private readonly network: NetworkService,
  ) {}

  get notices(): string[] {
    return [...this.troubles.values()];
  }

  async keep(clients: AwsClients, region: string, living: readonly InstanceRecord[]): Promise<void> {
    if (!living.some((each) => each.way === 'dial' && each.region === region)) {
      this.troubles.delete(region);
      return;
    }
    try {
      await this.open(clients, region);
      this.troubles.delete(region);
    } catch (error) {
      const sentence = error instanceof Unknown ? error.message : inWords(error).sentence;
      logger.warn({ err: error, region }, 'the machines that are dialled may not let this server in');
      this.troubles.set(region, `The machines in ${region} may not let this server in. ${sentence}`);
    }
  }

  private async open(clients: AwsClients, region: string): Promise<void> {
    const { address } = await this.ownAddress.find();
    if (address === null)
      throw new Unknown('Its public address is not known now. Give it in Settings, AWS, if this goes on.');
    const kept = this.kept.get(region);
    if (kept?.address === address && Date.now() - kept.at < AGAIN_MS) return;
    const { vpcId } = await this.network.zones(clients);
    const group = await this.network.securityGroup(clients, vpcId, installationId(this.config.secretKey), 'dial');
    await this.network.letIn(clients, group, address, DIAL_PORT);
    if (kept && kept.address !== address) logger.info({ region, address }, 'machines let in the new address');
    this.kept.set(region, { address, at: Date.now() });
  }
}

class Unknown extends Error {}
