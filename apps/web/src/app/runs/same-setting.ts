import type { RunView } from '@mle/protocol';

/** Runs of the same program with the same files and values, whatever their seeds: one for each seed, the latest. */
export function sameSetting(runs: readonly RunView[], run: RunView): RunView[] {
  const bySeed = new Map<number, RunView>([[run.seed, run]]);
  const key = settingOf(run);
  for (const other of runs) if (!bySeed.has(other.seed) && settingOf(other) === key) bySeed.set(other.seed, other);
  return [...bySeed.values()].sort((a, b) => a.seed - b.seed);
}

/** The seeds that a setting lacks of `wanted` ones that two settings are to share. */
export function seedsToRun(mine: readonly RunView[], others: readonly RunView[], wanted: number): number[] {
  const known = new Set(mine.map(({ seed }) => seed));
  const shared = new Set([...known, ...others.map(({ seed }) => seed)]);
  for (let seed = 0; shared.size < wanted; seed++) shared.add(seed);
  return [...shared]
    .sort((a, b) => a - b)
    .slice(0, Math.max(wanted, known.size))
    .filter((seed) => !known.has(seed));
}

/** The runs that are still to be made, so that the settings of two runs share `wanted` seeds: whose, and with which. */
export function missingSeeds(
  known: readonly RunView[],
  first: RunView,
  second: RunView,
  wanted: number,
): { id: string; seed: number }[] {
  const [one, other] = [sameSetting(known, first), sameSetting(known, second)];
  return [
    ...seedsToRun(other, one, wanted).map((seed) => ({ id: second.id, seed })),
    ...seedsToRun(one, other, wanted).map((seed) => ({ id: first.id, seed })),
  ];
}

const settingOf = ({ projectId, file, command, snapshotId, params, args, env }: RunView): string =>
  JSON.stringify([
    projectId,
    file,
    command,
    snapshotId,
    Object.entries(params).sort(),
    args,
    Object.entries(env).sort(),
  ]);
