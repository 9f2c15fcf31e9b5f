import { createHash } from 'node:crypto';
import {
  type AttemptRef,
  type AttemptReply,
  type ClaimReply,
  type Delivery,
  deliveryId,
  type Hello,
  type Inventory,
  LINK_NAMESPACE,
  LINK_PATH,
  LINK_VERSION,
  machineQueue,
  QUEUE_PREFIX,
  type RunSpec,
  type ServerToWorker,
  type WorkerToServer,
} from '@mle/protocol';
import type { Parts } from '@mle/testing';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { io, type Socket } from 'socket.io-client';
import { MachineCredentials } from '../src/machines/machine-credentials.js';
import type { ApiUnderTest } from './api.js';

export const INVENTORY: Inventory = {
  hostname: 'lab',
  platform: 'linux',
  arch: 'x64',
  cpuModel: 'cpu',
  cpus: 2,
  memoryBytes: 1,
  diskFreeBytes: 1,
  gpus: [],
  node: '20',
  python: '3',
  docker: null,
  isolated: false,
};
export const GiB = 1024 ** 3;
const EMPTY_SHA256 = createHash('sha256').digest('hex');

type Link = Socket<ServerToWorker, WorkerToServer>;

/** A worker as the server sees it: the real link and the real queue, with programs that are only said to run. */
export class FakeWorker {
  private queue: Worker<Delivery> | null = null;
  private redis: Redis | null = null;
  private heart: NodeJS.Timeout | null = null;
  /** Claimed, and not yet said to have ended. */
  readonly held: AttemptRef[] = [];
  /** The journal: what was claimed once is not claimed again, however often it is delivered. */
  private readonly journal = new Set<string>();

  private constructor(
    readonly link: Link,
    readonly machineId: string,
    readonly credential: string,
    private readonly parts: Parts,
  ) {}

  static async join(
    api: ApiUnderTest,
    parts: Parts,
    name: string,
    inventory: Partial<Inventory> = {},
  ): Promise<FakeWorker> {
    const { token } = await api.app.get(MachineCredentials, { strict: false }).createJoinToken();
    return FakeWorker.dial(api, parts, { joinToken: token }, { name, inventory: { ...INVENTORY, ...inventory } });
  }

  /** Connects again as the machine that has the credential. */
  static async dial(
    api: ApiUnderTest,
    parts: Parts,
    auth: { joinToken: string } | { credential: string },
    hello: Partial<Hello> = {},
  ): Promise<FakeWorker> {
    const link: Link = io(api.url + LINK_NAMESPACE, {
      path: LINK_PATH,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { linkVersion: LINK_VERSION, ...auth },
    });
    const answer = await link
      .timeout(10_000)
      .emitWithAck('hello', { version: '0.1.0', inventory: INVENTORY, properties: {}, attempts: [], ...hello });
    if (!answer.ok) throw new Error(answer.message);
    const worker = new FakeWorker(
      link,
      answer.reply.machineId,
      answer.reply.credential ?? ('credential' in auth ? auth.credential : ''),
      parts,
    );
    worker.heart = setInterval(() => worker.beat(), 1_000);
    return worker;
  }

  beat(): void {
    if (this.link.connected)
      this.link.timeout(5_000).emit('heartbeat', { attempts: this.held, load: null }, () => undefined);
  }

  async claim(ref: AttemptRef): Promise<boolean> {
    return (await this.claimed(ref)).ok;
  }

  /** Claims it, and answers what it is. */
  async specOf(ref: AttemptRef): Promise<RunSpec> {
    const reply = await this.claimed(ref);
    if (!reply.ok) throw new Error(reply.message);
    return reply.spec;
  }

  private async claimed(ref: AttemptRef): Promise<ClaimReply> {
    const reply: ClaimReply = await this.link.timeout(10_000).emitWithAck('claim', ref);
    if (reply.ok) this.held.push(ref);
    return reply;
  }

  async running(ref: AttemptRef): Promise<void> {
    await this.link.timeout(10_000).emitWithAck('attempt.running', { ...ref, pid: 1, startedAt: Date.now() });
  }

  async finish(ref: AttemptRef, more: object = {}): Promise<void> {
    const end = {
      outcome: 'exited',
      exitCode: 0,
      signal: null,
      reason: null,
      finishedAt: Date.now(),
      outputBytes: 0,
      outputSha256: EMPTY_SHA256,
      ...more,
    } as const;
    let reply: AttemptReply;
    // As a worker does: a stop that came while the end was written is answered with nothing missing, and it is said again.
    do reply = await this.link.timeout(10_000).emitWithAck('attempt.finished', { ...ref, ...end });
    while (!reply.ok && reply.code === 'gap' && reply.expected === end.outputBytes);
    this.held.splice(
      this.held.findIndex(({ runId }) => runId === ref.runId),
      1,
    );
  }

  /** Takes deliveries, `slots` at a time, and has `execute` do the rest of each that it wins. */
  consume(slots: number, execute: (ref: AttemptRef) => Promise<void>): void {
    this.redis = new Redis(this.parts.redisUrl.replace('unix://', '').replace(/^.*@/, ''), {
      password: /:(\w+)@/.exec(this.parts.redisUrl)?.[1] ?? '',
      maxRetriesPerRequest: null,
    });
    this.redis.on('error', () => undefined);
    const handle = async ({ data: { runId, attempt } }: { data: Delivery }): Promise<void> => {
      const ref = { runId, attempt };
      const key = deliveryId(runId, attempt);
      if (this.journal.has(key)) return;
      this.journal.add(key);
      if (await this.claim(ref)) await execute(ref);
      else this.journal.delete(key);
    };
    this.queue = new Worker<Delivery>(machineQueue(this.machineId), handle, {
      connection: this.redis,
      prefix: QUEUE_PREFIX,
      skipVersionCheck: true,
      concurrency: slots,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.queue.on('error', () => undefined);
  }

  /** Falls silent as a machine does that is switched off. */
  vanish(): void {
    if (this.heart) clearInterval(this.heart);
    this.link.disconnect();
  }

  /** Says goodbye, as a worker does that is ended. */
  async leave(): Promise<void> {
    if (this.heart) clearInterval(this.heart);
    await this.link.timeout(10_000).emitWithAck('goodbye');
    this.link.disconnect();
  }

  async close(): Promise<void> {
    this.vanish();
    await this.queue?.close(true).catch(() => undefined);
    this.redis?.disconnect();
  }
}
