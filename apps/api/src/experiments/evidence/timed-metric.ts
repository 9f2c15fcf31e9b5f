import { metricWords } from '@mle/protocol';

const WORDS = new Set(['time', 'seconds', 'sec', 'secs', 'ms', 'duration', 'elapsed', 'throughput', 'speed', 'fps']);

/** Whether another machine gives other numbers. */
export const isTimed = (metric: string): boolean => metricWords(metric).some((word) => WORDS.has(word));

export const OTHER_MACHINE = 'the machine';
