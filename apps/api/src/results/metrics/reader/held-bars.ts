import type { Located, Value } from './reading.js';
import type { SourceLine } from './sources.js';

/** What a progress bar said last of one place. */
export interface Held {
  values: Value[];
  located: Located | null;
  line: SourceLine;
  time: number;
}

export interface HeldBarsState {
  bars: [group: string, key: string, Omit<Held, 'values'> & { values: (Omit<Value, 'y'> & { y: string })[] }][];
  done: [group: string, key: string, names?: string[]][];
}

const MOST = 64;

/**
 * A bar is drawn many times and counts once for each place, by what it says last. Bars of different groups are drawn
 * side by side.
 */
export class HeldBars {
  private readonly bars: Map<string, { key: string; held: Held }>;
  private readonly done: Map<string, { key: string; names: ReadonlySet<string> }>;

  constructor(
    private readonly commit: (held: Held) => void,
    state?: HeldBarsState,
  ) {
    this.bars = new Map(
      state?.bars.map(([group, key, { values, ...held }]) => [
        group,
        { key, held: { ...held, values: values.map(({ y, ...value }) => ({ ...value, y: Number(y) })) } },
      ]),
    );
    this.done = new Map(state?.done.map(([group, key, names]) => [group, { key, names: new Set(names) }]));
  }

  get state(): HeldBarsState {
    return {
      bars: [...this.bars].map(
        ([
          group,
          {
            key,
            held: { values, ...held },
          },
        ]) => [group, key, { ...held, values: values.map(({ y, ...value }) => ({ ...value, y: String(y) })) }],
      ),
      done: [...this.done].map(([group, { key, names }]) => [group, key, [...names]]),
    };
  }

  /** `finished`: the bar is full and its line has ended. */
  hold(group: string, key: string, held: Held, finished: boolean): void {
    const before = this.bars.get(group);
    if (before && before.key !== key) this.release(group);
    const done = this.done.get(group);
    // Once it was full it may be drawn once more, with what an evaluation told meanwhile.
    const values = done?.key === key ? held.values.filter(({ name }) => !done.names.has(name)) : held.values;
    if (values.length === 0) return;
    if (this.bars.size >= MOST && !this.bars.has(group)) this.releaseAll();
    this.bars.set(group, { key, held: { ...held, values } });
    if (finished) this.release(group);
  }

  /** What was drawn over by a line of another group that tells the same names of the same place says nothing. */
  drawnOver(group: string, key: string, { values }: Held): void {
    const bar = this.bars.get(group);
    if (bar?.key !== key) return;
    const told = new Set(values.map(({ name }) => name));
    bar.held = { ...bar.held, values: bar.held.values.filter(({ name }) => !told.has(name)) };
    if (bar.held.values.length === 0) this.bars.delete(group);
  }

  /** Another place has begun: bars of those before it are not drawn again. */
  releaseAll(): void {
    for (const group of [...this.bars.keys()]) this.release(group);
  }

  private release(group: string): void {
    const bar = this.bars.get(group);
    if (!bar) return;
    this.bars.delete(group);
    if (this.done.size >= MOST) this.done.clear();
    const before = this.done.get(group);
    const names = bar.held.values.map(({ name }) => name);
    this.done.set(group, {
      key: bar.key,
      names: new Set(before?.key === bar.key ? [...before.names, ...names] : names),
    });
    this.commit(bar.held);
  }
}
