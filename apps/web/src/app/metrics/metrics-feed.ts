import { signal } from '@angular/core';
import type { MetricList, MetricSeries, MetricUpdate, RunView } from '@mle/protocol';
import type { EventsSocket } from '../core/events-socket';
import type { Lanes } from '../core/lanes';
import { sentence } from '../core/problem';
import { append } from './feed-series';
import type { MetricsApi } from './metrics-api';

const RETRY_MS = 2_000;
/** Until the server is asked anew for points that it had not read yet; longer each time. */
const UNREAD_MS = 2_000;
const UNREAD_MOST_MS = 60_000;

/**
 * The numbers of one run, live. Whoever missed an update asks for the whole again, which the server answers with the
 * same points.
 */
export class MetricsFeed {
  /** In the order in which the program began them. */
  readonly series = signal<readonly MetricSeries[]>([]);
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  readonly sampled = signal(false);
  readonly dropped = signal(0);
  private attempt = 0;
  private opened = 0;
  private loading = false;
  private again = false;
  private unreadMs = UNREAD_MS;
  private unread: ReturnType<typeof setTimeout> | undefined;
  /** Updates that came while a list was on its way. */
  private waiting: MetricUpdate[] = [];
  private readonly off: (() => void)[] = [];

  constructor(
    readonly runId: string,
    private readonly events: EventsSocket,
    private readonly api: MetricsApi,
    /** Shared by the feeds: two hundred that ask at once would wait longer for each answer than they may. */
    private readonly lanes: Lanes,
    /** An attempt that another one followed: it gets no new points. */
    private readonly ended: number | null = null,
  ) {}

  /** Begins to follow; `close` as often as `open`. */
  open(): void {
    if (this.opened++ > 0) return;
    if (this.ended === null) {
      this.off.push(
        this.events.on('metrics', (update) => this.onUpdate(update)),
        this.events.on('run.changed', (run) => this.onRun(run)),
      );
    }
    void this.catchUp();
  }

  close(): void {
    if (--this.opened > 0) return;
    clearTimeout(this.unread);
    if (this.ended === null) this.events.unwatchMetrics(this.runId);
    this.off.splice(0).forEach((off) => off());
  }

  get closed(): boolean {
    return this.opened === 0;
  }

  /** Watches (again) and asks for all: called at the start and after each connection. */
  async catchUp(): Promise<void> {
    if (this.closed) return;
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    try {
      await this.lanes.run(() => this.read());
    } catch (error) {
      this.error.set(sentence(error));
      this.status.update((status) => (status === 'ready' ? 'ready' : 'error'));
      if (this.events.connected()) setTimeout(() => void this.catchUp(), RETRY_MS);
    } finally {
      this.loading = false;
      const waiting = this.waiting.splice(0);
      if (this.again) void this.catchUp();
      else waiting.forEach((update) => this.onUpdate(update));
      this.again = false;
    }
  }

  private async read(): Promise<void> {
    // Closed while it waited for its turn.
    if (this.closed) return;
    // Watched before it is read: what comes in between is seen twice rather than not at all.
    if (this.ended === null) await this.watch();
    this.take(await this.api.metrics(this.runId, this.ended ?? undefined));
  }

  private async watch(): Promise<void> {
    const reply = await this.events.watchMetrics(this.runId);
    if (!reply.ok && this.events.connected()) throw new Error(reply.message);
  }

  private take(list: MetricList): void {
    this.attempt = list.attempt;
    this.series.set(list.series);
    this.sampled.set(list.sampled);
    this.dropped.set(list.dropped);
    this.error.set(null);
    this.status.set('ready');
    clearTimeout(this.unread);
    if (list.sampled) this.unread = setTimeout(() => void this.catchUp(), this.unreadMs);
    this.unreadMs = list.sampled ? Math.min(UNREAD_MOST_MS, this.unreadMs * 2) : UNREAD_MS;
  }

  private onRun(run: RunView): void {
    if (run.id === this.runId && this.status() === 'ready' && run.attempt > this.attempt) void this.catchUp();
  }

  private onUpdate(update: MetricUpdate): void {
    if (update.runId !== this.runId || update.attempt < this.attempt) return;
    if (this.loading) {
      this.waiting.push(update);
      return;
    }
    const known = new Map(this.series().map((series) => [series.name, series]));
    for (const part of update.series) {
      const series = update.attempt === this.attempt ? append(known.get(part.name), part) : null;
      if (!series) return void this.catchUp();
      known.set(series.name, series);
    }
    this.series.set([...known.values()]);
  }
}
