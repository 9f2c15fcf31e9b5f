import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { logger } from '../../platform/logging/logger.js';
import { Signal } from '../../platform/signals/signal.js';

/** A worker that the launcher shall keep running. */
export interface WantedWorker {
  id: string;
  name: string;
  /** Null: all of this computer. */
  cpus: number[] | null;
  /** Null: it has joined before. */
  token: string | null;
  /** No process of it lives longer, in milliseconds. */
  endsAt: number;
}

/** All that the launcher shall have: workers, and folders of workers that may come back. */
export interface Wish {
  workers: WantedWorker[];
  kept: string[];
}

const ReportSchema = z.object({
  workers: z.array(z.object({ id: z.string(), pid: z.number().nullable(), problem: z.string().nullable() })),
  folders: z.array(z.string()),
});
/** All that the launcher has. */
export type Report = z.output<typeof ReportSchema>;

/** The process's own channel to the launcher, which starts workers on this computer for the API. */
@Injectable()
export class LauncherChannel implements OnModuleInit, OnModuleDestroy {
  /** What the launcher said last; null until it has said something. */
  report: Report | null = null;
  readonly reported = new Signal<[]>();
  private readonly hear = (message: unknown): void => {
    const report = ReportSchema.safeParse(message);
    if (!report.success) return logger.warn({ err: report.error }, 'the launcher said something unknown');
    this.report = report.data;
    this.reported.emit();
  };

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  get isThere(): boolean {
    return this.config.launcherChannel && process.connected;
  }

  onModuleInit(): void {
    if (!this.isThere) return;
    process.on('message', this.hear);
    // To listen is no reason to stay.
    process.channel?.unref();
  }

  onModuleDestroy(): void {
    process.off('message', this.hear);
  }

  want(wish: Wish): void {
    if (this.isThere) process.send?.(wish);
  }
}
