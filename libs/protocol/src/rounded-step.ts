const DIGITS = 2;
/** Part of a value by which two digits may be off. */
const SAME = 0.02;

/** To two digits, and to one where that is as good as the same: 1.6 is three times 0.5, and a step back is 0.5 again. */
export function roundedStep(value: number): number {
  const short = Number(value.toPrecision(1));
  return Math.abs(short - value) <= Math.abs(value) * SAME ? short : Number(value.toPrecision(DIGITS));
}
