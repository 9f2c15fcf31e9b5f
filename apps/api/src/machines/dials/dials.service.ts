import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectMachine, FieldError, MachineView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { isDuplicate } from '../../platform/database/ids.js';
import { conflict, ProblemError } from '../../platform/http/problem.js';
import { SecretBox } from '../../platform/secrets/secret-box.js';
import { MachineCredentials } from '../machine-credentials.js';
import { MachinesRepository } from '../machines.repository.js';
import { MachinesService } from '../machines.service.js';
import type { CarrierTarget } from './carrier.js';
import type { Control } from './control.js';
import { type DialCode, DialError } from './dial-error.js';
import { Dialler, tokenPurpose } from './dialler.service.js';
import { DialsRepository, type InstanceOfMachine } from './dials.repository.js';
import { otherVersion } from './other-version.js';

/** From the first connection to the worker's greeting over it. */
const ONLINE_MS = 15_000;
const ONLINE_CHECK_MS = 50;
/** The field of the request that a problem is about. */
const FIELDS: Partial<Record<DialCode, string>> = {
  address: 'url',
  unreachable: 'url',
  not_tls: 'url',
  not_a_worker: 'url',
  fingerprint: 'fingerprint',
  token: 'token',
};

/** Connects machines that cannot reach the server, or that the server cannot be reached by. */
@Injectable()
export class DialsService {
  constructor(
    private readonly dialler: Dialler,
    private readonly dials: DialsRepository,
    private readonly machines: MachinesService,
    private readonly repository: MachinesRepository,
    private readonly credentials: MachineCredentials,
    private readonly box: SecretBox,
  ) {}

  /**
   * The machine, online. A worker that is known by its certificate stays the machine that it was, at its new address.
   */
  async connect(
    { url, token, fingerprint, name }: ConnectMachine,
    of: InstanceOfMachine | null = null,
  ): Promise<MachineView> {
    const target = { url, fingerprint, token, server: this.dialler.serverId };
    const begun = new Date();
    const control = await this.open(target);
    const address = { url, fingerprint, sealedToken: this.box.seal(tokenPurpose(fingerprint), token) };
    const known = await this.dials.byFingerprint(fingerprint);
    if (known) await this.dials.setAddress(known, address);
    const machineId = known ?? (await this.create(name ?? (await this.nameOf(control, url)), address, control, of));
    await this.dialler.adopt(machineId, control, target);
    if (await this.comesOnline(machineId, begun)) return this.machines.get(machineId);
    if (!known) await this.machines.remove(machineId);
    const other = await otherVersion(control, url);
    if (other !== null) throw problemOf(other);
    throw new ProblemError(
      422,
      'machine.not_online',
      `The worker at ${url} was dialled, but did not come online. Its log says why.`,
    );
  }

  /** It is dialled there from now on. */
  async moved(machineId: string, url: string): Promise<void> {
    await this.dials.setUrl(machineId, url);
  }

  private async open(target: CarrierTarget): Promise<Control> {
    try {
      return await this.dialler.open(target);
    } catch (error) {
      throw error instanceof DialError ? problemOf(error) : error;
    }
  }

  private async nameOf(control: Control, url: string): Promise<string> {
    const greeting = await control.greeted();
    if (greeting !== null) return greeting.name.trim() || new URL(url).hostname;
    control.close();
    throw problemOf(
      new DialError('not_a_worker', `The worker at ${url} ended the connection before it was ready. Its log says why.`),
    );
  }

  private async create(
    name: string,
    address: { url: string; fingerprint: string; sealedToken: string },
    control: Control,
    of: InstanceOfMachine | null,
  ): Promise<string> {
    try {
      return await this.dials.create(name, address, this.credentials.issue().credentialHash, of);
    } catch (error) {
      control.close();
      throw isDuplicate(error)
        ? conflict(
            'machine.connecting',
            'This worker is being connected already. Wait a moment, and look at the list of machines.',
          )
        : error;
    }
  }

  private async comesOnline(machineId: string, since: Date): Promise<boolean> {
    for (const end = Date.now() + ONLINE_MS; Date.now() < end; await sleep(ONLINE_CHECK_MS)) {
      const machine = await this.repository.get(machineId);
      if (machine?.online && machine.lastSeenAt && machine.lastSeenAt >= since) return true;
    }
    return false;
  }
}

function problemOf({ code, message }: DialError): ProblemError {
  const path = FIELDS[code];
  const errors: FieldError[] | undefined = path === undefined ? undefined : [{ path, message }];
  return new ProblemError(code === 'taken' ? 409 : 422, `machine.${code}`, message, errors);
}
