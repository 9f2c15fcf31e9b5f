import { closeSync, readdirSync, readFileSync } from 'node:fs';

const FIRST = 3;
/** As `fdinfo` tells it: a program that is started does not get the descriptor. */
const O_CLOEXEC = 0o2000000;

/**
 * Closes what whoever started this process left open by mistake, before it reaches the programs of runs. All that Node
 * opens itself is closed by each start of a program, which tells the two apart; Node marks only the first sixteen of
 * what it inherits. Elsewhere than on Linux the system does it at each start.
 */
export function closeInherited(spared: number | null): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor < FIRST || descriptor === spared) continue;
    try {
      const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'latin1'))?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(descriptor);
    } catch {
      // The one by which the list was read.
    }
  }
}
