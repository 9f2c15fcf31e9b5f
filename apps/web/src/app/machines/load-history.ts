import type { MachineView } from '@mle/protocol';

/** How far back the small curves of a machine go. */
export const HISTORY_MS = 120_000;
/** Heartbeats come every second; a longer silence is a gap in the curve. */
const GAP_MS = 6_000;

export interface LoadSample {
  at: number;
  cpu: number;
  gpu: number | null;
}

/**
 * Adds the load of a machine at its last heartbeat, and forgets what is too old. Other changes of the machine carry the
 * same heartbeat again.
 */
export function withLoad(
  samples: readonly LoadSample[],
  { load, lastSeenAt }: Pick<MachineView, 'load' | 'lastSeenAt'>,
): readonly LoadSample[] {
  const at = lastSeenAt === null ? NaN : Date.parse(lastSeenAt);
  if (!load || !(at > (samples.at(-1)?.at ?? -Infinity))) return samples;
  return [...samples.filter((sample) => sample.at > at - HISTORY_MS), { at, cpu: load.cpu, gpu: load.gpu }];
}

interface Spark {
  line: string;
  /** The same, closed down to the base. */
  area: string;
}

/**
 * SVG paths of values from 0 to 1 in a box, the newest at its right end; a gap parts the line. Null with fewer than two
 * values in a row.
 */
export function sparkOf(
  points: readonly { at: number; value: number | null }[],
  width: number,
  height: number,
): Spark | null {
  const end = points.at(-1)?.at ?? 0;
  const pieces: string[][] = [];
  let before: number | null = null;
  for (const { at, value } of points) {
    if (value === null) {
      before = null;
      continue;
    }
    if (before === null || at - before > GAP_MS) pieces.push([]);
    const x = width * (1 - (end - at) / HISTORY_MS);
    const y = height * (1 - Math.min(1, Math.max(0, value)));
    pieces.at(-1)?.push(`${round(x)} ${round(y)}`);
    before = at;
  }
  const drawn = pieces.filter((piece) => piece.length > 1);
  if (drawn.length === 0) return null;
  const xOf = (point: string | undefined) => point?.split(' ')[0] ?? '0';
  return {
    line: drawn.map((piece) => `M${piece.join('L')}`).join(''),
    area: drawn
      .map((piece) => `M${xOf(piece[0])} ${height}L${piece.join('L')}L${xOf(piece.at(-1))} ${height}z`)
      .join(''),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
