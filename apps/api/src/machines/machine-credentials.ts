import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config.js';
import type { ExpectedMachine } from './machine.schema.js';
import { MachinesRepository } from './machines.repository.js';

const JOIN_TOKEN_MS = 30 * 60_000;

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const secret = (kind: string): string => `${kind}_${randomBytes(32).toString('base64url')}`;

/** The secrets by which workers are known. Only their hashes are stored. */
@Injectable()
export class MachineCredentials {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly machines: MachinesRepository,
  ) {}

  /** The machine that holds the credential, or null. */
  async machineOf(credential: string): Promise<string | null> {
    return (await this.machines.byCredential(hash(credential)))?.id ?? null;
  }

  /** `expected`: what the worker becomes that joins by it. */
  async createJoinToken(expected?: ExpectedMachine): Promise<{ token: string; expiresAt: Date }> {
    const token = secret('mlj');
    const expiresAt = new Date(Date.now() + JOIN_TOKEN_MS);
    await this.machines.addJoinToken(hash(token), expiresAt, expected);
    return { token, expiresAt };
  }

  /** A new credential for a machine, and what is stored of it. */
  issue(): { credential: string; credentialHash: string } {
    const credential = secret('mlw');
    return { credential, credentialHash: hash(credential) };
  }

  /** Swaps a join token for a machine and its credential; null when the token is unknown, used or too old. */
  async join(token: string, name: string): Promise<{ machineId: string; credential: string } | null> {
    const { credential, credentialHash } = this.issue();
    if (await this.isLocalToken(token)) {
      return { machineId: await this.machines.joinLocal(credentialHash, name), credential };
    }
    const used = await this.machines.useJoinToken(hash(token));
    if (!used) return null;
    if (used.expected)
      return { machineId: await this.machines.joinInstance(used.expected, credentialHash), credential };
    return { machineId: await this.machines.create({ name, provider: 'joined', credentialHash }), credential };
  }

  /** The launcher leaves a lasting token for this computer's own worker in a file that only they can read. */
  private async isLocalToken(token: string): Promise<boolean> {
    if (!this.config.localJoinTokenFile) return false;
    const expected = (await readFile(this.config.localJoinTokenFile, 'utf8').catch(() => '')).trim();
    return expected !== '' && timingSafeEqual(Buffer.from(hash(token)), Buffer.from(hash(expected)));
  }
}
