import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { logger } from '../../platform/logging/logger.js';
import { SecretBox } from '../../platform/secrets/secret-box.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { MachineCredentials } from '../machine-credentials.js';
import { MachinesRepository } from '../machines.repository.js';
import { MachinesService } from '../machines.service.js';
import { CarriedConnections } from './carried-connections.js';
import { type CarrierTarget, dialCarrier } from './carrier.js';
import { Control } from './control.js';
import { DialError } from './dial-error.js';
import { DialledMachine } from './dialled-machine.js';
import { type DialRecord, DialsRepository } from './dials.repository.js';

const TICK_MS = 1_000;
/** A replica that said nothing for so long is dead, and another one dials its machines. */
const HELD_MS = 5_000;

export const tokenPurpose = (fingerprint: string): string => `machine-dial:${fingerprint}`;

/** Dials the machines that wait for this server. Of several replicas one holds a machine at a time. */
@Injectable()
export class Dialler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly holder = randomUUID();
  private readonly held = new Map<string, DialledMachine>();
  private readonly addresses = new Map<string, string>();
  private timer?: NodeJS.Timeout;
  private looking = false;
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly dials: DialsRepository,
    private readonly repository: MachinesRepository,
    private readonly machines: MachinesService,
    private readonly credentials: MachineCredentials,
    private readonly box: SecretBox,
    private readonly carried: CarriedConnections,
    private readonly events: EventsService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), TICK_MS);
    this.events.on('machine.settings', () => void this.look());
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    for (const machine of this.held.values()) machine.end();
    // Without the database the others wait until it has run out.
    if (this.held.size > 0) await this.dials.letGo(this.holder).catch(() => undefined);
  }

  /** The installation as workers tell servers apart; the same for its replicas, which share the key. */
  get serverId(): string {
    return createHmac('sha256', this.config.secretKey).update('dialling server').digest('hex').slice(0, 32);
  }

  /** @throws DialError */
  async open(target: CarrierTarget): Promise<Control> {
    return new Control(await dialCarrier(target, null));
  }

  /** Goes on with a connection that a person's request opened. */
  async adopt(machineId: string, control: Control, target: CarrierTarget): Promise<void> {
    await this.dials.seize(machineId, this.holder, this.until());
    this.held.get(machineId)?.end();
    this.addresses.set(machineId, addressKey(target));
    this.keep(machineId, { control, target });
  }

  /** Takes what is free, keeps what is held, and lets go what is gone. */
  private async look(): Promise<void> {
    if (this.looking || this.stopped) return;
    this.looking = true;
    try {
      const records = await this.dials.list();
      for (const record of records) await this.lookAt(record);
      const known = new Set(records.map(({ machineId }) => machineId));
      for (const [machineId, machine] of this.held) {
        // Between the look and now it may have been made: only what is gone from the database is let go.
        if (known.has(machineId) || (await this.repository.get(machineId))) continue;
        this.held.delete(machineId);
        machine.release();
      }
    } catch (error) {
      logger.debug({ err: error }, 'dialled machines are not looked after while the database is away');
    } finally {
      this.looking = false;
    }
  }

  private async lookAt({ machineId, dial }: DialRecord): Promise<void> {
    const now = new Date();
    const machine = this.held.get(machineId);
    const foreign =
      dial.holder !== null && dial.holder !== this.holder && dial.heldUntil !== null && dial.heldUntil > now;
    const mine = !foreign && (await this.dials.hold(machineId, this.holder, now, this.until()));
    if (this.stopped) return;
    if (!mine) return this.letGo(machineId);
    const address = addressKey(dial);
    const changed = this.addresses.get(machineId) !== address;
    this.addresses.set(machineId, address);
    if (machine === undefined) this.keep(machineId, null);
    else if (changed) machine.redial();
  }

  private keep(machineId: string, first: { control: Control; target: CarrierTarget } | null): void {
    const machine: DialledMachine = new DialledMachine(machineId, {
      target: () => this.target(machineId),
      open: (target) => this.open(target),
      welcome: (control) => this.welcome(machineId, control),
      accept: (stream) => this.carried.accept(stream),
      report: (error) => this.report(machineId, error),
    });
    this.held.set(machineId, machine);
    void machine.run(first).finally(() => {
      if (this.held.get(machineId) === machine) this.held.delete(machineId);
    });
  }

  private letGo(machineId: string): void {
    this.held.get(machineId)?.end();
    this.held.delete(machineId);
  }

  private async target(machineId: string): Promise<CarrierTarget | null> {
    const dial = (await this.repository.get(machineId))?.dial;
    if (!dial || this.stopped || !(await this.dials.hold(machineId, this.holder, new Date(), this.until())))
      return null;
    const token = this.box.open(tokenPurpose(dial.fingerprint), dial.sealedToken);
    if (token === null)
      throw new DialError(
        'sealed',
        "The token of this machine cannot be read: the server's secret key has changed. Connect the machine again.",
      );
    return { url: dial.url, fingerprint: dial.fingerprint, token, server: this.serverId };
  }

  private async welcome(machineId: string, control: Control): Promise<boolean> {
    const { credential, credentialHash } = this.credentials.issue();
    if (!(await this.dials.setCredential(machineId, credentialHash))) return false;
    control.send({ type: 'welcome', credential });
    logger.info({ machineId }, 'the machine was dialled');
    return true;
  }

  private async report(machineId: string, error: string | null): Promise<void> {
    if (!(await this.dials.setError(machineId, error))) return;
    if (error) logger.warn({ machineId, error }, 'the machine cannot be dialled');
    const machine = await this.repository.get(machineId);
    if (machine) await this.machines.announce(machine);
  }

  private until(): Date {
    return new Date(Date.now() + HELD_MS);
  }
}

const addressKey = ({ url, fingerprint }: { url: string; fingerprint: string }): string => `${url} ${fingerprint}`;
