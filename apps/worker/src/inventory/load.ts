import { execFile } from 'node:child_process';
import { cpus, freemem, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { Load } from '@mle/protocol';

const GPU_EVERY_MS = 5_000;

interface Ticks {
  busy: number;
  total: number;
}

/** Load as fractions from 0 to 1, each since the sample before. */
export class LoadSampler {
  private last = ticks();
  private gpu: number | null = null;
  private gpuAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly hasGpu: () => boolean,
    private readonly path: string,
  ) {}

  sample(): Load {
    const now = ticks();
    const total = now.total - this.last.total;
    const cpu = total > 0 ? fraction((now.busy - this.last.busy) / total) : 0;
    if (total > 0) this.last = now;
    if (this.hasGpu() && performance.now() - this.gpuAt > GPU_EVERY_MS) {
      this.gpuAt = performance.now();
      void this.sampleGpu();
    }
    return { cpu, memory: fraction(1 - freemem() / totalmem()), gpu: this.gpu };
  }

  private async sampleGpu(): Promise<void> {
    try {
      const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits'], {
        timeout: GPU_EVERY_MS,
        env: { PATH: this.path },
      });
      const values = stdout.trim().split('\n').map(Number);
      this.gpu = fraction(values.reduce((sum, value) => sum + value, 0) / values.length / 100);
    } catch {
      this.gpu = null;
    }
  }
}

function ticks(): Ticks {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { busy: total - idle, total };
}

function fraction(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}
