import { readdirSync, readFileSync } from 'node:fs';
import { bootId } from '@mle/process/identity.mjs';
import { hasEnded, readStat } from '@mle/process/stat.mjs';
import type { AttemptRef } from '@mle/protocol';

interface FoundProcess {
  pid: number;
  group: number;
}

export interface Quarry {
  ref: AttemptRef;
  /** The process group of the main process. */
  group: number | null;
  /** The uid that only this attempt uses. */
  uid: number | null;
  /** When the main process started, as `processStartTime` tells it: what is older is none of its children. */
  since: string | null;
  /** What `forksSoFar` said before the main process started; null where nobody asked. */
  forks: number | null;
}

/** More than the system can have in the making, each with its pid and not yet counted. */
const FORKS_UNDER_WAY = 1_024;

/**
 * The living processes of an attempt: those of its group, those that carry its ids in their environment, also
 * in sessions of their own, and those of its own uid. Empty where the system has no /proc.
 */
export function findProcesses(quarry: Quarry): FoundProcess[] {
  const found: FoundProcess[] = [];
  const since = Number(quarry.since ?? 0);
  const lowest = lowestPid(quarry, forksSoFar(), Number(readText('/proc/sys/kernel/pid_max')));
  for (const name of listProcesses()) {
    const pid = Number(name);
    if (pid < lowest) continue;
    const stat = readStat(pid);
    if (stat === null || hasEnded(stat) || pid === process.pid || Number(stat.startTime) < since) continue;
    if (
      stat.group === quarry.group ||
      carriesIds(pid, quarry.ref) ||
      (quarry.uid !== null && uidOf(pid) === quarry.uid)
    ) {
      found.push({ pid, group: stat.group });
    }
  }
  return found;
}

/**
 * The lowest pid that a child of the main process can have. Linux gives pids in ascending order and begins again at
 * `pidMax`: where fewer processes were made since the start than fit below it, all that the run made come after its
 * main process.
 */
export function lowestPid(
  { group, forks }: Pick<Quarry, 'group' | 'forks'>,
  forksNow: number | null,
  pidMax: number,
): number {
  // A counter that has not counted the main process itself counts nothing.
  if (group === null || forks === null || forksNow === null || forksNow <= forks) return 0;
  return forksNow - forks + FORKS_UNDER_WAY < pidMax - group ? group : 0;
}

/** What the system calls a process, at most 15 characters; null where it has ended. */
export function processName(pid: number): string | null {
  return (
    readText(`/proc/${pid}/comm`)
      ?.trimEnd()
      .replace(/[^\x20-\x7e]/g, '?') ?? null
  );
}

/** Processes and threads made since the boot, in all namespaces; null where the system does not say. */
export function forksSoFar(): number | null {
  const match = /^processes (\d+)$/m.exec(readText('/proc/stat') ?? '');
  return match === null ? null : Number(match[1]);
}

/** Clock ticks from the boot to the start of the process: with the boot id it names a process for ever. */
export function processStartTime(pid: number): string | null {
  return readStat(pid)?.startTime ?? null;
}

/** Whether `pid` is still the process that it was. */
export function isSameProcess(record: { pid: number; startTime: string | null; bootId: string | null }): boolean {
  if (record.bootId !== bootId()) return false;
  if (record.startTime === null) return signalProcess(record.pid, 0);
  const stat = readStat(record.pid);
  return stat !== null && stat.startTime === record.startTime && !hasEnded(stat);
}

/** False where there is no such process (a negative number names a group). */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** SIGKILL to all processes of the attempt until none is left; for an attempt whose supervisor is gone. */
export async function killAll(quarry: Quarry): Promise<void> {
  for (let round = 0; round < 200; round++) {
    const found = findProcesses(quarry);
    if (found.length === 0) return;
    for (const { pid } of found) signalProcess(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  } catch {
    return [];
  }
}

function carriesIds(pid: number, ref: AttemptRef): boolean {
  const environment = readText(`/proc/${pid}/environ`);
  if (environment === null || !environment.includes(ref.runId)) return false;
  const variables = environment.split('\0');
  return variables.includes(`MLE_RUN_ID=${ref.runId}`) && variables.includes(`MLE_ATTEMPT=${ref.attempt}`);
}

function uidOf(pid: number): number | null {
  const match = /^Uid:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '');
  return match === null ? null : Number(match[1]);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
