import jstat from 'jstat';

const { studentt } = jstat.jStat;

/** Student's t that so much of the distribution is within, both sides taken together. */
export function tWithin(share: number, degrees: number): number {
  return studentt.inv((1 + share) / 2, degrees);
}

/** How likely a t as far from zero as this one is by chance, on either side. */
export function chanceOf(t: number, degrees: number): number {
  return 2 * studentt.cdf(-Math.abs(t), degrees);
}
