import type { MetricSeries, MetricUpdate } from '@mle/protocol';

/** Longer than what one question answers: the server thins it out again. */
const MOST_POINTS = 6_000;

/**
 * The series with the points of an update, or null where they do not fit on to what is known:
 * some were missed, or came thinned out, so that the series has to be asked for again.
 */
export function append(known: MetricSeries | undefined, update: MetricUpdate['series'][number]): MetricSeries | null {
  const { first, ...fresh } = update;
  if (!known) return first === 0 ? fresh : null;
  if (update.count <= known.count) return known;
  if (known.x.length + update.x.length > MOST_POINTS) return null;
  const skip = known.count - first;
  if (skip < 0 || (skip > 0 && update.x.length !== update.count - first)) return null;
  return {
    ...known,
    count: update.count,
    x: [...known.x, ...update.x.slice(skip)],
    y: [...known.y, ...update.y.slice(skip)],
    time: [...known.time, ...update.time.slice(skip)],
  };
}
