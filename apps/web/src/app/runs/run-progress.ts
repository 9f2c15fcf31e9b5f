import type { MetricSeries, RunView } from '@mle/protocol';

/** How far a run is, counted by what x of its curves counts. */
export interface RunPart {
  /** `epoch`, `step`. */
  axis: string;
  at: number;
  /** Null where nothing tells how far it goes. */
  of: number | null;
  /** From the pace so far, in milliseconds; null where nothing tells. */
  leftMs: number | null;
}

/** Parameters that say how far such a count goes. */
const TOTALS: Record<string, readonly string[]> = {
  epoch: ['epochs', 'num_epochs', 'n_epochs', 'max_epochs', 'nepochs', 'epoch_count'],
  step: ['steps', 'num_steps', 'n_steps', 'max_steps', 'iterations', 'iters', 'max_iters', 'total_steps'],
};
/** A pace is one from the second point on. */
const FEWEST = 2;

/**
 * By the knob or parameter that counts its epochs or steps, else by where the run before it ended. Null while it has
 * printed no numbers.
 */
export function runPart(
  { knobs, params }: Pick<RunView, 'knobs' | 'params'>,
  series: readonly MetricSeries[],
  before: readonly MetricSeries[],
): RunPart | null {
  const [main] = series;
  const at = main?.x.at(-1);
  if (!main || at === undefined) return null;
  const given = (TOTALS[main.axis] ?? []).map((name) => params[name] ?? knobs[name]).find(isCount);
  const earlier = before.find(({ name }) => name === main.name)?.x.at(-1);
  // Where counting begins at 0, the last is one less.
  const first = main.x[0] ?? 0;
  const of = given !== undefined ? (first === 0 ? given - 1 : given) : (earlier ?? null);
  const [from, to] = [main.time[0] ?? 0, main.time.at(-1) ?? 0];
  const paced = main.x.length >= FEWEST && at > first && to > from;
  const leftMs = of === null || !paced ? null : Math.max(0, ((to - from) / (at - first)) * (of - at));
  return {
    axis: main.axis,
    at,
    of: of !== null && of >= at ? of : null,
    leftMs: of !== null && of >= at ? leftMs : null,
  };
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0;
