import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { ResourceSample } from '@mle/protocol';

const GPU_EVERY_MS = 4_000;
const SECTOR_BYTES = 512;
/** Whole disks: a partition's traffic is its disk's too. */
const DISK = /^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** Counters that only grow. */
interface Counters {
  at: number;
  busy: number;
  total: number;
  diskRead: number;
  diskWritten: number;
  received: number;
  sent: number;
}

/** What the machine does, each value since the look before. What the system does not tell is left out. */
export class MachineUsage {
  private before = counters();
  private gpu: Pick<ResourceSample, 'gpu' | 'gpuMemory'> = {};
  private gpuAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly hasGpu: () => boolean,
    private readonly path: string,
  ) {}

  sample(): ResourceSample {
    const [before, now] = [this.before, counters()];
    const seconds = (now.at - before.at) / 1000;
    if (seconds <= 0 || now.total <= before.total) return {};
    this.before = now;
    if (this.hasGpu() && now.at - this.gpuAt > GPU_EVERY_MS) {
      this.gpuAt = now.at;
      void this.lookAtGpu();
    }
    const rate = (key: 'diskRead' | 'diskWritten' | 'received' | 'sent'): number => Math.max(0, now[key] - before[key]) / seconds;
    return {
      cpu: Math.min(1, Math.max(0, (now.busy - before.busy) / (now.total - before.total))),
      memory: usedMemory(),
      ...this.gpu,
      ...(process.platform === 'linux' && { diskRead: rate('diskRead'), diskWritten: rate('diskWritten'), networkReceived: rate('received'), networkSent: rate('sent') }),
    };
  }

  private async lookAtGpu(): Promise<void> {
    try {
      const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits'], { timeout: GPU_EVERY_MS, env: { PATH: this.path } });
      this.gpu = readGpus(stdout);
    } catch {
      this.gpu = {};
    }
  }
}

/** Lines of `utilization, used MiB`, one for each GPU: their mean, and their sum. */
export function readGpus(text: string): Pick<ResourceSample, 'gpu' | 'gpuMemory'> {
  const rows = text.trim().split('\n').map((line) => line.split(',').map(Number)).filter((row) => row.length === 2 && row.every(Number.isFinite));
  if (rows.length === 0) return {};
  const sum = (column: number): number => rows.reduce((total, row) => total + (row[column] ?? 0), 0);
  return { gpu: Math.min(1, Math.max(0, sum(0) / rows.length / 100)), gpuMemory: Math.max(0, sum(1)) * 2 ** 20 };
}

function counters(): Counters {
  let [idle, total] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { at: performance.now(), busy: total - idle, total, ...disks(read('/proc/diskstats')), ...networks(read('/proc/net/dev')) };
}

export function disks(text: string): Pick<Counters, 'diskRead' | 'diskWritten'> {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/)).filter(([, , name]) => DISK.test(name ?? ''));
  const sum = (field: number): number => rows.reduce((total, row) => total + SECTOR_BYTES * Number(row[field] ?? 0), 0);
  return { diskRead: sum(5), diskWritten: sum(9) };
}

export function networks(text: string): Pick<Counters, 'received' | 'sent'> {
  const rows = text.split('\n').flatMap((line) => {
    const [name, values] = line.split(':');
    return values === undefined || name?.trim() === 'lo' ? [] : [values.trim().split(/\s+/).map(Number)];
  });
  const sum = (field: number): number => rows.reduce((total, row) => total + (row[field] ?? 0), 0);
  return { received: sum(0), sent: sum(8) };
}

/** Without what the system only keeps because nobody else wants the memory. */
function usedMemory(): number {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo'));
  return totalmem() - (available ? Number(available[1]) * 1024 : freemem());
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
