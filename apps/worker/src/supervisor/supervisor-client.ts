import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { inheritedEnvironment } from '../base/config/environment.js';
import { readJsonLines, writeJsonLine } from '../base/json-lines.js';
import type { Logger } from '../base/logger.js';
import { PrepareError } from '../base/prepare-error.js';
import { readRecord } from '../journal/journal.js';
import { ownMounts } from './own-mounts.js';
import { recordPath, runtimeFolder, socketPath } from './paths.js';
import { isSameProcess } from './process-hunt.js';
import type { Request, SetupEnd, SetupRequest, SpawnReply, SpawnRequest } from './protocol.js';
import {
  HelloReplySchema,
  ListReplySchema,
  MessageSchema,
  OpenReplySchema,
  SetupReplySchema,
  SpawnReplySchema,
  SUPERVISOR_VERSION,
} from './protocol.js';

const RecordSchema = z.object({
  pid: z.int(),
  startTime: z.string().nullable(),
  bootId: z.string().nullable(),
  socket: z.string(),
});
const START_TIMEOUT_MS = 20_000;
/**
 * Each start of a program forks the supervisor: the less memory it touches, and the fewer threads share it, the
 * cheaper. What passes through it is bytes, outside the heap.
 */
const LIGHT = ['--max-semi-space-size=1', '--single-threaded'];
const LIGHT_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' };

interface Events {
  output: [key: string, bytes: number];
  ended: [key: string];
  /** The connection was lost and is there again: news of the time between did not come. */
  back: [];
  /** The supervisor's process is gone. */
  lost: [];
}

/** Whoever waits for an answer, and the connection by which it would come. */
interface Waiting {
  socket: Socket;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export class SupervisorGone extends Error {
  constructor() {
    super('The supervisor of the runs is gone.');
  }
}

/** The worker's side: finds the supervisor of its data directory, or starts one. */
export class SupervisorClient extends EventEmitter<Events> {
  pid: number | null = null;
  private socket: Socket | null = null;
  private nextId = 1;
  private closed = false;
  private readonly steps = new Map<string, { resolve: (end: SetupEnd) => void; reject: (error: Error) => void }>();
  private readonly waiting = new Map<number, Waiting>();

  constructor(
    private readonly dataDir: string,
    private readonly bundle: string,
    /** Its programs get users of their own, which stand in the list of users that they see. */
    private readonly ownUsers: boolean,
    private readonly log: Logger,
  ) {
    super();
  }

  /** Connects to a living supervisor. False where there is none. */
  async attach(): Promise<boolean> {
    const record = readRecord(recordPath(this.dataDir), RecordSchema);
    if (record === null || !isSameProcess(record)) return false;
    const deadline = performance.now() + 5_000;
    while (performance.now() < deadline && isSameProcess(record)) {
      const socket = await dial(record.socket);
      if (socket !== null) return this.adopt(socket);
      await delay(20);
    }
    return false;
  }

  /** Starts a supervisor in a session of its own. */
  async start(): Promise<void> {
    const path = socketPath(runtimeFolder(this.dataDir));
    const errors = openSync(join(this.dataDir, 'supervisor.log'), 'w', 0o600);
    const mounts = this.ownUsers ? ownMounts() : [];
    const command = [process.execPath, ...LIGHT, this.bundle, 'supervise', '--data', this.dataDir];
    const own = mounts.length === 0 ? [] : ['--own-mounts'];
    const [file, ...args] = [...mounts, ...command, ...own] as [string, ...string[]];
    const child = spawn(file, args, {
      cwd: '/',
      detached: true,
      env: { ...inheritedEnvironment(), ...LIGHT_ENVIRONMENT },
      stdio: ['ignore', 'ignore', errors],
    });
    closeSync(errors);
    child.unref();
    let failed = false;
    child.on('exit', () => (failed = true));
    child.on('error', () => (failed = true));
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline && !failed) {
      const socket = await dial(path);
      if (socket !== null) {
        await this.adopt(socket);
        return;
      }
      await delay(5);
    }
    throw new Error(`The supervisor did not start. Its log is ${join(this.dataDir, 'supervisor.log')}.`);
  }

  async open(key: string, folder: string, quotaBytes: number): Promise<z.infer<typeof OpenReplySchema>> {
    return OpenReplySchema.parse(await this.request({ op: 'open', key, folder, quotaBytes }));
  }

  async spawn(request: Omit<SpawnRequest, 'op'>): Promise<SpawnReply> {
    return SpawnReplySchema.parse(await this.request({ op: 'spawn', ...request }));
  }

  /**
   * Runs a program of the set-up until it and all that it started have ended; null where the attempt was over before.
   */
  async setup(request: Omit<SetupRequest, 'op'>): Promise<SetupEnd | null> {
    const ended = new Promise<SetupEnd>((resolve, reject) => this.steps.set(request.key, { resolve, reject }));
    ended.catch(() => undefined);
    const reply = SetupReplySchema.parse(await this.request({ op: 'setup', ...request }));
    if (reply.result === 'started') return ended;
    this.steps.delete(request.key);
    if (reply.result === 'failed') throw new PrepareError(reply.message);
    return null;
  }

  async list(): Promise<z.infer<typeof ListReplySchema>> {
    return ListReplySchema.parse(await this.request({ op: 'list' }));
  }

  /** For the requests without an answer of their own. Throws `SupervisorGone`, or what the supervisor refused. */
  request(request: Request): Promise<unknown> {
    const socket = this.socket;
    if (socket === null) return Promise.reject(new SupervisorGone());
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.waiting.set(id, { socket, resolve, reject });
      writeJsonLine(socket, { id, request });
    });
  }

  /** Ends the supervisor and what it runs. */
  async shutdown(): Promise<void> {
    this.closed = true;
    await this.request({ op: 'shutdown' }).catch(() => undefined);
    const pid = this.pid;
    for (let round = 0; pid !== null && round < 500 && this.socket !== null; round++) await delay(10);
    this.disconnect();
  }

  /** Leaves the supervisor and its runs alone. */
  disconnect(): void {
    this.closed = true;
    this.socket?.destroy();
  }

  private async adopt(socket: Socket): Promise<boolean> {
    this.socket = socket;
    readJsonLines(socket, (value) => this.receive(value));
    socket.on('error', () => undefined);
    socket.on('close', () => void this.onClose(socket));
    const hello = HelloReplySchema.parse(await this.request({ op: 'hello' }));
    if (hello.version !== SUPERVISOR_VERSION) {
      this.log.warn(
        { version: hello.version },
        'The supervisor is of another version and is replaced. Its runs are lost.',
      );
      await this.request({ op: 'shutdown' }).catch(() => undefined);
      socket.destroy();
      this.socket = null;
      while (this.alive(hello.pid)) await delay(20);
      return false;
    }
    this.pid = hello.pid;
    return true;
  }

  private alive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  private receive(value: unknown): void {
    const message = MessageSchema.parse(value);
    if ('event' in message) {
      if (message.event === 'output') this.emit('output', message.key, message.bytes);
      else if (message.event === 'ended') this.emit('ended', message.key);
      else {
        this.steps.get(message.key)?.resolve(message);
        this.steps.delete(message.key);
      }
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(new Error(message.error));
  }

  private async onClose(socket: Socket): Promise<void> {
    for (const [id, waiting] of this.waiting) {
      if (waiting.socket !== socket) continue;
      this.waiting.delete(id);
      waiting.reject(new SupervisorGone());
    }
    if (this.socket !== socket) return;
    this.socket = null;
    for (const { reject } of this.steps.values()) reject(new SupervisorGone());
    this.steps.clear();
    if (this.closed) return;
    // Let the kernel finish with a process that was killed this instant.
    await delay(5);
    this.emit((await this.attach().catch(() => false)) ? 'back' : 'lost');
  }
}

function dial(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}
