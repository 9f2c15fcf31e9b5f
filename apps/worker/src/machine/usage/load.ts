import { freemem, totalmem } from 'node:os';
import type { Load } from '@mle/protocol';
import type { GpuUsage } from './gpu-usage.js';
import { processorTime } from './processor-time.js';

/** Load as fractions from 0 to 1, each since the sample before. */
export class LoadSampler {
  private last = processorTime();

  constructor(private readonly gpus: GpuUsage) {}

  sample(): Load {
    const now = processorTime();
    const total = now.total - this.last.total;
    const cpu = total > 0 ? fraction((now.busy - this.last.busy) / total) : 0;
    if (total > 0) this.last = now;
    return { cpu, memory: fraction(1 - freemem() / totalmem()), gpu: this.gpus.sample().gpu ?? null };
  }
}

function fraction(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}
