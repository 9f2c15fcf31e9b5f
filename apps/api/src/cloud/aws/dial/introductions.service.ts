import { randomBytes } from 'node:crypto';
import { type ListeningWorker, ListeningWorkerSchema } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { SecretBox } from '../../../platform/secrets/secret-box.js';
import { newKey, selfSigned } from '../../../platform/tls/self-signed.js';
import { type InstanceRecord, InstancesRepository } from '../../instances/instances.repository.js';

/** Nobody resolves it: the certificate is compared as a whole. */
const NAME = 'machine.invalid';

const IntroductionSchema = z.object({
  certificate: z.string(),
  key: z.string(),
  token: z.string(),
  /** Once it has been told. */
  worker: ListeningWorkerSchema.nullable(),
});
/** By what the server and a new machine that it dials know each other, for one exchange. */
export type Introduction = z.infer<typeof IntroductionSchema>;

/** Keeps introductions sealed with their instances, so that a server that dies in between goes on with the same. */
@Injectable()
export class Introductions {
  constructor(
    private readonly instances: InstancesRepository,
    private readonly box: SecretBox,
  ) {}

  /** The instance's, made where there is none. Null: the instance is over, or it was sealed under another key. */
  async prepare({ id, introduction }: InstanceRecord): Promise<Introduction | null> {
    if (introduction !== null) return this.opened(id, introduction);
    const key = newKey();
    const made: Introduction = {
      key,
      certificate: await selfSigned(key, [NAME]),
      token: randomBytes(32).toString('base64url'),
      worker: null,
    };
    if (await this.instances.change(id, { introduction: this.sealed(id, made) }, { introduction: null })) return made;
    const another = await this.instances.get(id);
    return another?.introduction ? this.opened(id, another.introduction) : null;
  }

  async tell(id: string, introduction: Introduction, worker: ListeningWorker): Promise<void> {
    await this.instances.change(id, { introduction: this.sealed(id, { ...introduction, worker }) });
  }

  /** From now on its secrets open nothing. */
  async finish(id: string): Promise<void> {
    await this.instances.change(id, { introduction: null });
  }

  private sealed(id: string, introduction: Introduction): string {
    return this.box.seal(purpose(id), JSON.stringify(introduction));
  }

  private opened(id: string, sealed: string): Introduction | null {
    const text = this.box.open(purpose(id), sealed);
    return text === null ? null : IntroductionSchema.parse(JSON.parse(text));
  }
}

const purpose = (id: string): string => `introduction of ${id}`;
