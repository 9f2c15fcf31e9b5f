import { readFile } from 'node:fs/promises';
import { DIAL_PORT, ListeningWorkerSchema } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DialsService } from '../../../machines/dials/dials.service.js';
import type { MachineRecord } from '../../../machines/machines.repository.js';
import { CONFIG, type Config } from '../../../platform/config/config.js';
import { logger } from '../../../platform/logging/logger.js';
import type { InstanceRecord } from '../../instances/instances.repository.js';
import { type Introduction, Introductions } from './introductions.service.js';
import { askReceiver } from './receiver-client.js';

/** Makes instances that the server dials its machines, and follows them to new addresses. */
@Injectable()
export class Introducer {
  private readonly begun = new Set<string>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly introductions: Introductions,
    private readonly dials: DialsService,
  ) {}

  /** Goes on in the background; what does not succeed is tried again at the next look. */
  look(instance: InstanceRecord, machine: MachineRecord | null): void {
    const { id, way, address } = instance;
    if (way !== 'dial' || address === null || this.begun.has(id)) return;
    this.begun.add(id);
    const work = machine ? this.follow(machine, address) : this.introduce(instance, address);
    void work
      .catch((error: unknown) => logger.info({ err: error, instanceId: id }, 'an instance is not dialled yet'))
      .finally(() => this.begun.delete(id));
  }

  /** A machine that was stopped and started has another address. */
  private async follow({ id, dial }: MachineRecord, address: string): Promise<void> {
    const url = urlOf(address);
    if (dial && dial.url !== url) await this.dials.moved(id, url);
  }

  private async introduce(instance: InstanceRecord, host: string): Promise<void> {
    const { id, name, provider, poolIds } = instance;
    const introduction = await this.introductions.prepare(instance);
    if (!introduction) return;
    const worker = introduction.worker ?? (await this.bring(id, introduction, host));
    // Its receiver is gone where an earlier try came so far: then the worker listens already.
    const begun = await askReceiver({ host, port: DIAL_PORT }, introduction, '/begin', {}).catch((e: unknown) => e);
    logger.info({ instanceId: id, ...(begun instanceof Error && { begun: begun.message }) }, 'an instance is dialled');
    await this.dials.connect(
      { url: urlOf(host), ...worker, name },
      { instanceId: id, provider: provider === 'aws' ? 'aws' : 'local', poolIds },
    );
    await this.introductions.finish(id);
  }

  private async bring(id: string, introduction: Introduction, host: string) {
    const files = {
      'install.sh': await readFile(this.config.workerInstaller, 'utf8'),
      'worker.mjs': await readFile(this.config.workerBundle, 'utf8'),
    };
    const answer = await askReceiver({ host, port: DIAL_PORT }, introduction, '/take', { files });
    const worker = ListeningWorkerSchema.parse(answer);
    await this.introductions.tell(id, introduction, worker);
    return worker;
  }
}

const urlOf = (address: string): string => `https://${address}:${DIAL_PORT}`;
