import { readdirSync, readFileSync } from 'node:fs';
import { hasEnded, readStat } from '@mle/process/stat.mjs';

const MiB = 1024 * 1024;

/** Living processes whose environment names the run. */
export function processesOf(runId: string): number[] {
  return pids().filter((pid) => read(pid, 'environ').split('\0').includes(`MLE_RUN_ID=${runId}`) && isAlive(pid));
}

/** The supervisor of the worker with this data directory. */
export function supervisorOf(dataDir: string): number {
  const found = pids().find((pid) => {
    const args = read(pid, 'cmdline').split('\0');
    return args.includes('supervise') && args.includes(dataDir);
  });
  if (found === undefined) throw new Error(`no supervisor serves ${dataDir}`);
  return found;
}

export function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && !hasEnded(stat);
}

/** Memory of its own, in MiB: without the pages of files that it maps, as the store does with its data. */
function memoryOf(pid: number): number {
  return (Number(/^RssAnon:\s+(\d+) kB/m.exec(read(pid, 'status'))?.[1] ?? NaN) * 1024) / MiB;
}

/** Looks at the memory of processes again and again, until `peaks` is called. */
export class MemoryRecord {
  private readonly highest = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(pids: Record<string, number>) {
    this.timer = setInterval(() => {
      for (const [name, pid] of Object.entries(pids))
        this.highest.set(name, Math.max(this.highest.get(name) ?? 0, memoryOf(pid)));
    }, 100).unref();
  }

  /** The highest of each, in MiB. */
  peaks(): Record<string, number> {
    clearInterval(this.timer);
    return Object.fromEntries(this.highest);
  }
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
