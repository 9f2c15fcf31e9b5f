/** Where a name stands. */
export interface PlacedName {
  /** Among the names given. */
  at: number;
  top: number;
}

/**
 * Names beside the ends of lines, each as near to its own as the others let it, `gap` apart and between `from` and `to`.
 * Of more than have room, some evenly from the highest to the lowest; `more` is how many are left out, and there is
 * room for a line that says so at `to`.
 */
export function placeNames(
  tops: readonly number[],
  from: number,
  to: number,
  gap: number,
): { names: PlacedName[]; more: number } {
  const room = Math.max(1, Math.floor((to - from) / gap) + 1);
  const ordered = tops.map((top, at) => ({ at, top })).sort((a, b) => a.top - b.top);
  const fits = ordered.length <= room;
  const kept = fits ? ordered : evenly(ordered, room - 1);
  const lowest = fits ? to : to - gap;
  const names: PlacedName[] = [];
  for (const { at, top } of kept) {
    const last = names.at(-1);
    names.push({ at, top: Math.max(top, last ? last.top + gap : from) });
  }
  // What was pushed out at the lower end pushes back.
  let limit = lowest;
  for (const name of [...names].reverse()) {
    name.top = Math.min(name.top, limit);
    limit = name.top - gap;
  }
  return { names, more: ordered.length - kept.length };
}

function evenly<T>(all: readonly T[], count: number): T[] {
  if (count < 2) return all.slice(0, count);
  const step = (all.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => all[Math.round(i * step)]).filter((one) => one !== undefined);
}
