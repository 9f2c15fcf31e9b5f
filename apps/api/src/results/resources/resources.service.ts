import {
  type AttemptRef,
  RESOURCE_NAMES,
  type ResourceList,
  type ResourceSample,
  type ResourceUsage,
} from '@mle/protocol';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { AttemptFence } from '../../run-records/attempt-fence.service.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import { downsample } from '../metrics/downsample.js';
import { columns } from '../metrics/metric-view.js';
import { ResourceHistory } from './resource-history.js';
import { ResourcesRepository } from './resources.repository.js';

/** A crash of the server loses no more samples than of this time. */
const SAVE_EVERY_MS = 15_000;

interface Entry {
  ref: AttemptRef;
  history: Promise<ResourceHistory>;
  changed: boolean;
  saving: Promise<void>;
}

/** What runs and their machines use: taken in as workers tell it, kept in bounded space. */
@Injectable()
export class ResourcesService implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly repository: ResourcesRepository,
    private readonly fence: AttemptFence,
    private readonly events: EventsService,
    private readonly runs: RunHooks,
  ) {}

  onModuleInit(): void {
    this.runs.onDelete.add((runIds) => this.removeRuns(runIds));
    this.timer = setInterval(() => void this.saveAll(), SAVE_EVERY_MS);
    this.events.on('attempt.ended', (ref) => void this.end(ref));
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.saveAll();
  }

  /** Adds what the machine uses to each of its runs. */
  async take(machineId: string, { machine, runs }: ResourceUsage): Promise<void> {
    for (const { runId, attempt, sample } of runs) {
      const ref = { runId, attempt };
      if (await this.fence.mayWrite(machineId, ref)) await this.add(ref, { ...machine, ...sample });
    }
  }

  async list(ref: AttemptRef, points: number): Promise<Pick<ResourceList, 'attempt' | 'series'>> {
    const entry = this.entries.get(key(ref));
    const state = entry ? (await entry.history).state : await this.repository.load(ref);
    const { times, columns: values } = state ?? { times: [], columns: {} };
    const start = times[0] ?? 0;
    const seconds = times.map((time) => (time - start) / 1000);
    const series = RESOURCE_NAMES.filter((name) => values[name] !== undefined).map((name) => {
      const few = downsample({ x: seconds, y: values[name] ?? [], time: times }, points);
      return { name, axis: 'seconds' as const, ...columns(few) };
    });
    return { attempt: ref.attempt, series };
  }

  private async removeRuns(runIds: readonly string[]): Promise<void> {
    for (const [name, entry] of this.entries) if (runIds.includes(entry.ref.runId)) this.entries.delete(name);
    await this.repository.removeRuns(runIds);
  }

  private async add(ref: AttemptRef, sample: ResourceSample): Promise<void> {
    const entry = this.entry(ref);
    (await entry.history).add(Date.now(), sample);
    entry.changed = true;
  }

  private entry(ref: AttemptRef): Entry {
    const known = this.entries.get(key(ref));
    if (known) return known;
    const history = this.repository.load(ref).then((state) => new ResourceHistory(state ?? undefined));
    const entry: Entry = { ref, history, changed: false, saving: Promise.resolve() };
    history.catch(() => this.entries.delete(key(ref)));
    this.entries.set(key(ref), entry);
    return entry;
  }

  private async end(ref: AttemptRef): Promise<void> {
    const entry = this.entries.get(key(ref));
    if (!entry) return;
    await this.save(entry);
    if (!entry.changed) this.entries.delete(key(ref));
  }

  private async saveAll(): Promise<void> {
    await Promise.all([...this.entries.values()].map((entry) => this.save(entry)));
  }

  private save(entry: Entry): Promise<void> {
    entry.saving = entry.saving.then(async () => {
      // A run that was deleted meanwhile must not come back.
      if (!entry.changed || this.entries.get(key(entry.ref)) !== entry) return;
      entry.changed = false;
      try {
        await this.repository.save(entry.ref, (await entry.history).state);
      } catch (error) {
        entry.changed = true;
        logger.debug({ err: error, ...entry.ref }, 'resources were not stored; it is tried again');
      }
    });
    return entry.saving;
  }
}

const key = ({ runId, attempt }: AttemptRef): string => `${runId}-${attempt}`;
