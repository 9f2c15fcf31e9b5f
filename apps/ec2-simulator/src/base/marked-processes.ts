import { readdirSync, readFileSync } from 'node:fs';

interface Entry {
  pid: number;
  parent: number;
  isMarked: boolean;
}

/**
 * The living processes that have `NAME=value` in their environment, and all that descend from them, whatever their own
 * environment says. Empty where the system has no /proc.
 */
export function markedProcesses(name: string, value: string): number[] {
  const entries = listProcesses(`\0${name}=${value}\0`);
  const found = new Set(entries.filter(({ isMarked }) => isMarked).map(({ pid }) => pid));
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { pid, parent } of entries) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

function listProcesses(mark: string): Entry[] {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return [];
      return { pid: Number(name), parent: Number(parent), isMarked: `\0${readEnvironment(name)}\0`.includes(mark) };
    } catch {
      // It ended in the meantime.
      return [];
    }
  });
}

function readEnvironment(name: string): string {
  try {
    return readFileSync(`/proc/${name}/environ`, 'utf8');
  } catch {
    return '';
  }
}

export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended in the meantime.
    }
  }
}
