import { type AwsReach, DIAL_PORT, type Way } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { MachineCredentials } from '../../../machines/machine-credentials.js';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { conflict } from '../../../platform/http/problem.js';
import { ServerCertificate } from '../../../platform/tls/server-certificate.js';
import type { InstanceRecord } from '../../instances/instances.repository.js';
import { Introductions } from '../dial/introductions.service.js';
import { OwnAddressService } from '../dial/own-address.service.js';
import type { UserDataWish } from '../user-data/user-data.js';
import { serverAddress } from './server-address.js';

const UNKNOWN =
  'The public address of this server is not known, and machines that it dials let in no other. Give it as an IPv4 address, or set MLE_PUBLIC_URL so that machines dial this server.';

/** How a new machine and this server find each other. */
@Injectable()
export class ReachService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly ownAddress: OwnAddressService,
    private readonly credentials: MachineCredentials,
    private readonly certificate: ServerCertificate,
    private readonly introductions: Introductions,
  ) {}

  /** Where a launch does not say. */
  get way(): Way {
    return serverAddress(this.config) === null ? 'dial' : 'join';
  }

  async view(): Promise<AwsReach> {
    const { way } = this;
    const { address: ownAddress, typed } = await this.ownAddress.find();
    return { way, sentence: this.sentence(ownAddress), ownAddress, typed, port: DIAL_PORT };
  }

  /** The way of a launch. @throws ProblemError where it leads nowhere. */
  async check(asked: Way = this.way): Promise<Way> {
    if (asked === 'join' && serverAddress(this.config) === null)
      throw conflict(
        'aws.no_address',
        'Machines cannot reach this server: it has no public address. Set MLE_PUBLIC_URL, or let the server dial them.',
      );
    if (asked === 'dial' && (await this.ownAddress.find()).address === null)
      throw conflict('aws.no_own_address', UNKNOWN);
    return asked;
  }

  /** What its user-data says of that. The secrets in it serve one exchange. */
  async of(instance: InstanceRecord): Promise<UserDataWish['reach']> {
    const { id: instanceId, name, poolIds, way } = instance;
    if (way === 'join') {
      const { token } = await this.credentials.createJoinToken({ instanceId, name, provider: 'aws', poolIds });
      const serverUrl = serverAddress(this.config) ?? '';
      return { way, serverUrl, serverKey: this.certificate.serverKey, joinToken: token };
    }
    const introduction = await this.introductions.prepare(instance);
    if (!introduction) throw new Error('What the machine is to know this server by cannot be read any more.');
    const { certificate, key, token } = introduction;
    return { way, port: DIAL_PORT, certificate, key, token };
  }

  private sentence(ownAddress: string | null): string {
    const address = serverAddress(this.config);
    if (address !== null) return `Machines reach this server by ${address}.`;
    if (ownAddress === null) return UNKNOWN;
    return `This server has no address that a machine could reach, so it dials them: each lets in ${ownAddress} at port ${DIAL_PORT}, and nobody else.`;
  }
}
