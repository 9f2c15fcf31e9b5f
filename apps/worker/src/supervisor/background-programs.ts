import { setTimeout as delay } from 'node:timers/promises';
import { shownName } from '../base/shown-name.js';
import type { Quarry } from './process-hunt.js';
import { findProcesses, processName } from './process-hunt.js';

/** What ends by itself with the main program, as the helpers of Python do, has this long for it on a busy computer. */
const OWN_END_MS = 500;
const LOOK_MS = 10;
const NAMES_SHOWN = 10;

/** The names of what the main program left running; empty where all ends by itself. */
export async function backgroundPrograms(quarry: Quarry): Promise<string[]> {
  for (const end = performance.now() + OWN_END_MS; ; await delay(LOOK_MS)) {
    const left = findProcesses(quarry);
    if (left.length === 0 || performance.now() > end) return left.flatMap(({ pid }) => processName(pid) ?? []);
  }
}

/** The line of the run's output that says what was ended. */
export function endedWithMain(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names.map(shownName)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const shown = [...counts].slice(0, NAMES_SHOWN).map(([name, count]) => (count === 1 ? name : `${name} (${count})`));
  if (counts.size > NAMES_SHOWN) shown.push('others');
  const what = names.length === 1 ? '1 process was' : `${names.length} processes were`;
  return `\n${what} still running when the program ended, and ended with it: ${shown.join(', ')}.\n`;
}
