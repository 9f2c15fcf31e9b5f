import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import type { ResourceSample } from '@mle/protocol';
import type { GpuUsage } from './gpu-usage.js';
import { type ProcessorTime, processorTime } from './processor-time.js';

const SECTOR_BYTES = 512;
/** Whole disks: a partition's traffic is its disk's too. */
const DISK = /^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** Counters that only grow. */
interface Counters extends ProcessorTime {
  at: number;
  diskRead: number;
  diskWritten: number;
  received: number;
  sent: number;
}

/** What the machine does, each value since the look before. What the system does not tell is left out. */
export class MachineUsage {
  private before = counters();

  constructor(private readonly gpus: GpuUsage) {}

  sample(): ResourceSample {
    const [before, now] = [this.before, counters()];
    const seconds = (now.at - before.at) / 1000;
    if (seconds <= 0 || now.total <= before.total) return {};
    this.before = now;
    const rate = (key: 'diskRead' | 'diskWritten' | 'received' | 'sent'): number =>
      Math.max(0, now[key] - before[key]) / seconds;
    return {
      cpu: Math.min(1, Math.max(0, (now.busy - before.busy) / (now.total - before.total))),
      memory: usedMemory(),
      ...this.gpus.sample(now.at),
      ...(process.platform === 'linux' && {
        diskRead: rate('diskRead'),
        diskWritten: rate('diskWritten'),
        networkReceived: rate('received'),
        networkSent: rate('sent'),
      }),
    };
  }
}

function counters(): Counters {
  return {
    at: performance.now(),
    ...processorTime(),
    ...disks(read('/proc/diskstats')),
    ...networks(read('/proc/net/dev')),
  };
}

export function disks(text: string): Pick<Counters, 'diskRead' | 'diskWritten'> {
  const rows = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , name]) => DISK.test(name ?? ''));
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
