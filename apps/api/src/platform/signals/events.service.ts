import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type {
  AttemptRef,
  LeftoverReply,
  LeftoverRequest,
  MetricUpdate,
  ServerEvent,
  ServerToBrowser,
  StopRequest,
} from '@mle/protocol';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { logger } from '../logging/logger.js';
import { RedisService } from '../redis/redis.service.js';

/** Sessions and tokens of a user that count no more: one of them, or all but one. */
export type EndedCredentials = { userId: string; only?: string; except?: string };

/** What the parts of the server tell one another, in this process and in every replica. */
export interface Events {
  /** For browsers: to one user, or to everyone who is logged in. */
  browser: [event: ServerEvent, userId: string | null, payload: unknown];
  'credentials.ended': [ended: EndedCredentials];
  /** Output of the attempt is durable up to `storedBytes`. */
  'output.stored': [ref: AttemptRef, storedBytes: number];
  /** Points that the output of a run made. */
  metrics: [update: MetricUpdate];
  /** The attempt takes no more writes. */
  'attempt.ended': [ref: AttemptRef];
  /** A stop that the machine's link has to carry. */
  'machine.stop': [machineId: string, request: StopRequest];
  /**
   * Files that a run left, to be kept or removed by the machine; whoever has its link answers by `leftovers.settled`.
   */
  'machine.leftovers': [machineId: string, requestId: string, request: LeftoverRequest];
  'leftovers.settled': [requestId: string, action: LeftoverRequest['action'], reply: LeftoverReply];
  /** The machine's settings changed, or it was removed. */
  'machine.settings': [machineId: string];
  /** The machine came online or went offline, or has something that it had not. */
  'machine.presence': [machineId: string];
  /** The pool was made, changed or removed. */
  'pool.settings': [poolId: string];
}

const CHANNEL = 'mle:signals';
/**
 * Other replicas hear what comes within this time in one message: a line that moves tells a hundred browsers at once.
 */
const GATHER_MS = 5;

interface CarriedEvent {
  name: keyof Events;
  args: Events[keyof Events];
}

/**
 * Carries events: at once inside this process, over Redis pub/sub to the other replicas. Nothing is kept. For what only
 * this process has to hear take a `Signal`; for what must be done before the caller goes on, a `Hook`.
 */
@Injectable()
export class EventsService implements OnModuleInit, OnModuleDestroy {
  private readonly emitter = new EventEmitter<Events>();
  private readonly origin = randomUUID();
  /** For the other replicas, in the order in which they were given. */
  private gathered: CarriedEvent[] = [];
  private timer?: NodeJS.Timeout;

  constructor(private readonly redis: RedisService) {
    this.emitter.setMaxListeners(0);
  }

  onModuleInit(): void {
    const subscriber = this.redis.connect({ enableReadyCheck: false });
    subscriber.on('message', (_channel: string, message: string) => this.receive(message));
    subscriber
      .subscribe(CHANNEL)
      .catch((error: unknown) => logger.warn({ err: error }, 'no events from other replicas'));
  }

  onModuleDestroy(): void {
    this.carry();
  }

  /** Tells browsers. Without `userId` every user is told. */
  publish<E extends ServerEvent>(
    event: E,
    target: { userId?: string },
    payload: Parameters<ServerToBrowser[E]>[0],
  ): void {
    this.emit('browser', event, target.userId ?? null, payload);
  }

  emit<E extends keyof Events>(name: E, ...args: Events[E]): void {
    this.deliver(name, args);
    this.gathered.push({ name, args });
    this.timer ??= setTimeout(() => this.carry(), GATHER_MS);
  }

  on<E extends keyof Events>(name: E, listener: (...args: Events[E]) => void): () => void {
    const target = this.emitter as EventEmitter;
    target.on(name, listener);
    return () => target.off(name, listener);
  }

  private carry(): void {
    clearTimeout(this.timer);
    delete this.timer;
    const events = this.gathered;
    this.gathered = [];
    if (events.length === 0 || this.redis.client.status !== 'ready') return;
    this.redis.client
      .publish(CHANNEL, `${this.origin} ${JSON.stringify(events)}`)
      .catch((error: unknown) => logger.debug({ err: error }, 'events not carried to other replicas'));
  }

  private deliver<E extends keyof Events>(name: E, args: Events[E]): void {
    (this.emitter as EventEmitter).emit(name, ...args);
  }

  private receive(message: string): void {
    // Our own come back to us too, and are most of them: they are not even parsed.
    if (message.startsWith(this.origin)) return;
    for (const { name, args } of JSON.parse(message.slice(this.origin.length + 1)) as CarriedEvent[])
      this.deliver(name, args);
  }
}
