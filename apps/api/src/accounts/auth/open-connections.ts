import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Credential } from '../../platform/http/current-user.js';
import type { EndedCredentials } from '../../platform/signals/events.service.js';

interface Held {
  credentialId: string;
  expiresAt: Date | null;
  end: () => void;
}

/** An answer that streams and a socket that stays open may outlive what they were opened with by this. */
const SWEEP_MS = 5_000;

/** Every answer and every socket that is open, by the credential that opened it: they end with it. */
@Injectable()
export class OpenConnections implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly ofUser = new Map<string, Set<Held>>();
  private timer?: NodeJS.Timeout;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.endExpired(), SWEEP_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** `end` is called when the credential counts no more. What this answers is called when the connection is closed. */
  hold(userId: string, { id }: Credential, expiresAt: Date | null, end: () => void): () => void {
    const held = { credentialId: id, expiresAt, end };
    const all = this.ofUser.get(userId) ?? new Set();
    this.ofUser.set(userId, all.add(held));
    return () => {
      all.delete(held);
      if (all.size === 0 && this.ofUser.get(userId) === all) this.ofUser.delete(userId);
    };
  }

  end({ userId, only, except }: EndedCredentials): void {
    for (const { credentialId, end } of [...(this.ofUser.get(userId) ?? [])])
      if (only === undefined ? credentialId !== except : credentialId === only) end();
  }

  private endExpired(): void {
    const now = new Date();
    for (const all of [...this.ofUser.values()])
      for (const { expiresAt, end } of [...all]) if (expiresAt !== null && expiresAt < now) end();
  }
}
