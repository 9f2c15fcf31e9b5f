import {
  type Heartbeat,
  HeartbeatSchema,
  type Hello,
  type HelloReply,
  HelloSchema,
  InventorySchema,
  VERSION,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { MachineCredentials } from '../../machines/machine-credentials.js';
import { MachinePresence } from '../../machines/machine-presence.service.js';
import { logger } from '../../platform/logging/logger.js';
import { MachineJournals } from '../../runs/life/machine-journals.service.js';
import type { LinkMessages } from './link-message.js';
import { type LinkSession, settingsOf } from './link-session.js';
import { LinkSessions } from './link-sessions.js';

const REFUSED_TOKEN = 'The join token is unknown, was used or is too old. Make a new one on the Machines page.';
const REMOVED = 'This machine was removed. Add it again on the Machines page.';

/** What machines say of themselves: that they come, are there, have something else, and go. */
@Injectable()
export class MachineMessages {
  readonly messages = {
    hello: {
      schema: z.tuple([HelloSchema]),
      handle: async (session, hello) => ({ ok: true, reply: await this.greet(session, hello) }),
      invalid: { ok: false, message: 'The hello of this worker is not valid. Fetch the worker again from the server.' },
      failed: (error) => ({
        ok: false,
        message: error instanceof Error ? error.message : 'The server could not greet the worker.',
      }),
    },
    heartbeat: {
      schema: z.tuple([HeartbeatSchema]),
      handle: async (session, heartbeat) => {
        await this.hear(session, heartbeat);
        return { ok: true };
      },
    },
    inventory: {
      schema: z.tuple([InventorySchema]),
      handle: async (session, inventory) => {
        const machine = await this.presence.changeInventory(session.machine.id, inventory);
        if (machine) session.know(machine);
      },
    },
    goodbye: {
      schema: z.tuple([]),
      handle: async (session) => {
        const { id } = session.machine;
        this.sessions.leave(id, session);
        await this.presence.leave(id);
        return { ok: true };
      },
    },
  } satisfies Partial<LinkMessages>;

  constructor(
    private readonly credentials: MachineCredentials,
    private readonly presence: MachinePresence,
    private readonly journals: MachineJournals,
    private readonly sessions: LinkSessions,
  ) {}

  private async greet(session: LinkSession, hello: Hello): Promise<HelloReply> {
    const { machineId, credential } = await this.identify(session, hello);
    const machine = await this.presence.greet(machineId, hello);
    if (!machine) throw new Error(REMOVED);
    session.know(machine);
    this.sessions.enter(machineId, session);
    const attempts = await this.journals.settle(machineId, hello.attempts);
    await this.presence.moved(machine);
    const { version } = hello;
    logger.info({ machineId, name: machine.name, version, attempts: attempts.length }, 'the machine is online');
    return {
      machineId,
      ...(credential !== undefined && { credential }),
      settings: settingsOf(machine),
      serverVersion: VERSION,
      attempts,
    };
  }

  /** A join token is used up by the first hello, which brings the name. */
  private async identify(
    { proof, machineId }: LinkSession,
    { name, inventory }: Hello,
  ): Promise<{ machineId: string; credential?: string }> {
    if ('machineId' in proof) return proof;
    if (machineId) return { machineId };
    const joined = await this.credentials.join(proof.joinToken, name ?? inventory.hostname.slice(0, 80));
    if (!joined) throw new Error(REFUSED_TOKEN);
    return joined;
  }

  private async hear(session: LinkSession, { load, attempts }: Heartbeat): Promise<void> {
    const { id } = session.machine;
    const heardAt = performance.now();
    if (!(await this.presence.seen(id, load))) return session.disconnect();
    const { stops, discards } = await this.journals.compare(id, attempts, heardAt);
    for (const ref of discards) session.discard(ref);
    for (const request of stops) session.stop(request);
  }
}
