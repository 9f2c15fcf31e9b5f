import { Injectable } from '@nestjs/common';
import type { LinkSession } from './link-session.js';

/** The machines whose link ends in this process. */
@Injectable()
export class LinkSessions {
  private readonly sessions = new Map<string, LinkSession>();

  of(machineId: string): LinkSession | undefined {
    return this.sessions.get(machineId);
  }

  /** Two links of one machine: the newer one is the living one. */
  enter(machineId: string, session: LinkSession): void {
    const earlier = this.sessions.get(machineId);
    this.sessions.set(machineId, session);
    if (earlier !== session) earlier?.disconnect();
  }

  leave(machineId: string, session: LinkSession): void {
    if (this.sessions.get(machineId) === session) this.sessions.delete(machineId);
  }
}
