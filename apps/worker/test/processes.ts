import { readdirSync, readFileSync } from 'node:fs';
import { hasEnded, readStat } from '@mle/process/stat.mjs';

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Living processes whose command line or environment holds `text`. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => read(`/proc/${name}/cmdline`).includes(text) || read(`/proc/${name}/environ`).includes(text))
    .map(Number)
    .filter(isAlive);
}

export function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && !hasEnded(stat);
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}
