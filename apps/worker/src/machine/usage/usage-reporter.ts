import type { AttemptRef, ResourceUsage } from '@mle/protocol';
import type { MachineUsage } from './machine-usage.js';
import type { ProcessUsage } from './process-usage.js';

const EVERY_MS = 2_000;

/**
 * Tells the server every two seconds what the machine and its runs use, while any runs. What is lost on the way is not
 * told again.
 */
export class UsageReporter {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly machine: Pick<MachineUsage, 'sample'>,
    private readonly processes: Pick<ProcessUsage, 'sample'>,
    private readonly programs: () => { ref: AttemptRef; pid: number }[],
    private readonly send: (usage: ResourceUsage) => void,
  ) {
    this.timer = setInterval(() => this.report(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private report(): void {
    const programs = this.programs();
    // Also while nothing runs: a value is one since the look before.
    const machine = this.machine.sample();
    const used = this.processes.sample(programs.map(({ pid }) => pid));
    if (programs.length === 0) return;
    const runs = programs.map(({ ref, pid }) => {
      const own = used.get(pid);
      return { ...ref, sample: own ? { runCpu: own.cores, runMemory: own.bytes } : {} };
    });
    this.send({ machine, runs });
  }
}
