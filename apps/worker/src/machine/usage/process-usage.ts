import { readdirSync } from 'node:fs';
import type { Stat } from '@mle/process/stat.mjs';
import { hasEnded, readStat, TICKS_PER_SECOND } from '@mle/process/stat.mjs';

const PAGE_BYTES = 4096;

interface Process extends Stat {
  pid: number;
}

/**
 * Processor time and memory of the processes that a run started, its children and theirs. Empty where the system has no
 * /proc.
 */
export class ProcessUsage {
  /** Ticks of each run at the look before. */
  private before = new Map<number, { ticks: number; at: number }>();

  /** By the pid of each run's first process, which leads a session of its own. */
  sample(leaders: readonly number[], now = performance.now()): Map<number, { cores: number; bytes: number }> {
    const usage = new Map<number, { cores: number; bytes: number }>();
    if (leaders.length === 0) return usage;
    const processes = readProcesses();
    const before = this.before;
    this.before = new Map();
    for (const leader of leaders) {
      const own = treeOf(leader, processes);
      if (own.length === 0) continue;
      const ticks = own.reduce((sum, process) => sum + process.ticks, 0);
      const known = before.get(leader);
      // The time of a child that has ended is its parent's; a tree that lost some of it did nothing that can be told.
      const seconds = known ? (now - known.at) / 1000 : 0;
      const cores = known && seconds > 0 ? Math.max(0, ticks - known.ticks) / TICKS_PER_SECOND / seconds : 0;
      usage.set(leader, { cores, bytes: own.reduce((sum, process) => sum + process.pages, 0) * PAGE_BYTES });
      this.before.set(leader, { ticks, at: now });
    }
    return usage;
  }
}

function treeOf(leader: number, processes: readonly Process[]): Process[] {
  const members = new Set([leader]);
  // Parents may have a higher number than their children, so it goes on until nothing is added.
  for (let size = 0; size < members.size;) {
    size = members.size;
    for (const { pid, parent, session } of processes) if (members.has(parent) || session === leader) members.add(pid);
  }
  return processes.filter(({ pid }) => members.has(pid));
}

function readProcesses(): Process[] {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  } catch {
    return [];
  }
  return names.flatMap((name) => readProcess(Number(name)) ?? []);
}

function readProcess(pid: number): Process | null {
  const stat = readStat(pid);
  return stat === null || hasEnded(stat) ? null : { ...stat, pid };
}
