import type { ResourceSample } from '@mle/protocol';
import { probe, SLOW } from '../inventory/probe.js';

const EVERY_MS = 4_000;

type GpuSample = Pick<ResourceSample, 'gpu' | 'gpuMemory'>;

/**
 * What the GPUs of the machine do, as nvidia-smi said it last. It is asked at most every four seconds, whoever wants to
 * know.
 */
export class GpuUsage {
  private last: GpuSample = {};
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly hasGpu: () => boolean,
    private readonly path: string,
    private readonly everyMs = EVERY_MS,
  ) {}

  sample(now = performance.now()): GpuSample {
    if (this.hasGpu() && now - this.lookedAt > this.everyMs) {
      this.lookedAt = now;
      void this.look();
    }
    return this.last;
  }

  private async look(): Promise<void> {
    const said = await probe(
      'nvidia-smi',
      ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits'],
      this.path,
      this.everyMs,
    );
    this.last = readGpuUsage(said === SLOW ? null : said);
  }
}

/** Lines of `utilization, used MiB`, one for each GPU: their mean, and their sum. */
export function readGpuUsage(text: string | null): GpuSample {
  const rows = (text ?? '')
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number))
    .filter((row) => row.length === 2 && row.every(Number.isFinite));
  if (rows.length === 0) return {};
  const sum = (column: number): number => rows.reduce((total, row) => total + (row[column] ?? 0), 0);
  return { gpu: Math.min(1, Math.max(0, sum(0) / rows.length / 100)), gpuMemory: Math.max(0, sum(1)) * 2 ** 20 };
}
