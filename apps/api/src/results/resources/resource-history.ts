import { RESOURCE_NAMES, type ResourceName, RESOURCES, type ResourceSample } from '@mle/protocol';

/** Samples kept of an attempt: with more, two neighbours become one. */
export const MOST_SAMPLES = 1_800;

export interface HistoryState {
  /** Samples that each kept one stands for. */
  stride: number;
  /** Milliseconds since the epoch, by the server's clock. */
  times: number[];
  /** A value that was not sampled is NaN. */
  columns: Partial<Record<ResourceName, number[]>>;
}

interface Sum {
  time: number;
  count: number;
  values: Map<ResourceName, { sum: number; most: number; count: number }>;
}

/** The resources of one attempt over its whole time, however long, in bounded space. */
export class ResourceHistory {
  private stride: number;
  private readonly times: number[];
  private readonly columns: Map<ResourceName, number[]>;
  private open: Sum | null = null;

  constructor(state?: HistoryState) {
    this.stride = state?.stride ?? 1;
    this.times = [...(state?.times ?? [])];
    this.columns = new Map(
      Object.entries(state?.columns ?? {}).map(([name, column]) => [name as ResourceName, [...column]]),
    );
  }

  get state(): HistoryState {
    return {
      stride: this.stride,
      times: [...this.times],
      columns: Object.fromEntries([...this.columns].map(([name, column]) => [name, [...column]])),
    };
  }

  add(time: number, sample: ResourceSample): void {
    const open: Sum = this.open ?? { time, count: 0, values: new Map() };
    this.open = open;
    open.count++;
    for (const name of RESOURCE_NAMES) {
      const value = sample[name];
      if (value === undefined) continue;
      const known = open.values.get(name) ?? { sum: 0, most: 0, count: 0 };
      open.values.set(name, { sum: known.sum + value, most: Math.max(known.most, value), count: known.count + 1 });
    }
    if (open.count < this.stride) return;
    this.open = null;
    this.push(open);
    if (this.times.length > MOST_SAMPLES) this.halve();
  }

  private push({ time, values }: Sum): void {
    this.times.push(time);
    for (const name of values.keys())
      if (!this.columns.has(name)) this.columns.set(name, new Array<number>(this.times.length - 1).fill(Number.NaN));
    for (const [name, column] of this.columns) {
      const value = values.get(name);
      column.push(value ? (keepsPeaks(name) ? value.most : value.sum / value.count) : Number.NaN);
    }
  }

  private halve(): void {
    this.stride *= 2;
    const half = Math.floor(this.times.length / 2);
    for (let i = 0; i < half; i++) this.times[i] = this.times[2 * i] ?? 0;
    this.times.length = half;
    for (const [name, column] of this.columns) {
      for (let i = 0; i < half; i++)
        column[i] = joined(name, column[2 * i] ?? Number.NaN, column[2 * i + 1] ?? Number.NaN);
      column.length = half;
    }
  }
}

/** Of memory the most counts, for it is what a run dies of; of what flows, the mean. */
const keepsPeaks = (name: ResourceName): boolean => RESOURCES[name].unit === 'bytes';

function joined(name: ResourceName, a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  if (Number.isNaN(b)) return a;
  return keepsPeaks(name) ? Math.max(a, b) : (a + b) / 2;
}
