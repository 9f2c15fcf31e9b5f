import type { ValueAxis } from './value-axes';

/** Of an axis: the lowest and the highest value that is kept, as texts. */
export type Brushes = ReadonlyMap<string, readonly [low: string, high: string]>;

const MOST = 12;

/** `learning_rate:0.05:0.5,loss:0.1:0.2` */
export function brushesOf(text: string | undefined): Brushes {
  const parts = (text ?? '')
    .split(',')
    .slice(0, MOST)
    .map((part) => part.split(':').map(decoded));
  return new Map(
    parts.flatMap(([name = '', low, high]) => (low === undefined || high === undefined ? [] : [[name, [low, high]]])),
  );
}

export const brushText = (brushes: Brushes): string =>
  [...brushes].map((parts) => parts.flat().map(encodeURIComponent).join(':')).join(',');

/** The places of the two ends among the stops of the axis; the whole axis where nothing is brushed. */
export function brushedPlaces({ name, stops }: ValueAxis, brushes: Brushes): [low: number, high: number] {
  const brush = brushes.get(name);
  const placeOf = (text: string): number => stops.findIndex(({ value }) => String(value) === text);
  const [low, high] = [placeOf(brush?.[0] ?? ''), placeOf(brush?.[1] ?? '')];
  return low === -1 || high < low ? [0, stops.length - 1] : [low, high];
}

/** Without an end that leaves nothing out. */
export function brushed(brushes: Brushes, { name, stops }: ValueAxis, low: number, high: number): Brushes {
  const next = new Map(brushes);
  const [from, to] = [stops[low], stops[high]];
  if (from === undefined || to === undefined || (low === 0 && high === stops.length - 1)) next.delete(name);
  else next.set(name, [String(from.value), String(to.value)]);
  return next;
}

/** Whether each of `count` runs lies within all brushes. */
export function keptOf(axes: readonly ValueAxis[], brushes: Brushes, count: number): boolean[] {
  const limits = axes.flatMap((axis) => {
    const [low, high] = brushedPlaces(axis, brushes);
    const [from, to] = [axis.stops[low], axis.stops[high]];
    return from === undefined || to === undefined || (low === 0 && high === axis.stops.length - 1)
      ? []
      : [{ axis, from, to }];
  });
  return Array.from({ length: count }, (_, i) =>
    limits.every(({ axis, from, to }) => {
      const stop = axis.of[i];
      return stop !== null && stop !== undefined && stop.at >= from.at && stop.at <= to.at;
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
