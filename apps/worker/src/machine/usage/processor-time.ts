import { cpus } from 'node:os';

/** Of all processors together; both only grow. */
export interface ProcessorTime {
  busy: number;
  total: number;
}

export function processorTime(): ProcessorTime {
  let [idle, total] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { busy: total - idle, total };
}
