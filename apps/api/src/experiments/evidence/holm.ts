/**
 * The p-values of several tests at once, adjusted by Holm's method: those at most α may be called effects, and the
 * chance that one of them is none stays at most α.
 */
export function holm(chances: readonly number[]): number[] {
  const order = chances.map((chance, at) => ({ chance, at })).sort((a, b) => a.chance - b.chance);
  const adjusted = new Array<number>(chances.length).fill(1);
  let largest = 0;
  order.forEach(({ chance, at }, rank) => {
    largest = Math.max(largest, Math.min(1, chance * (order.length - rank)));
    adjusted[at] = largest;
  });
  return adjusted;
}
