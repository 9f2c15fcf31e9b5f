/** Between these a number is written out, else it has an exponent. */
const WRITTEN_FROM = 1e-4;
const WRITTEN_OUT = 1e6;

/**
 * A measured number: at most `digits` significant digits, none of them a zero at the end, and all that stand before the
 * point. Null was printed as nan or inf.
 */
export function shownNumber(value: number | null, digits = 4): string {
  if (value === null || Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '−inf';
  const size = Math.abs(value);
  const rounded = size >= 10 ** (digits - 1) ? Math.round(value) : Number(value.toPrecision(digits));
  const written = rounded === 0 || (Math.abs(rounded) >= WRITTEN_FROM && Math.abs(rounded) < WRITTEN_OUT);
  return written ? allDigits(rounded) : shownExponential(value, digits);
}

/** `1.5e−7` */
export const shownExponential = (value: number, digits: number): string => {
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  return trueMinus(`${Number(mantissa)}e${exponent.replace('+', '')}`);
};

/** All digits of the number. */
export const allDigits = (value: number): string => trueMinus(String(value).replace('+', ''));

const trueMinus = (text: string): string => text.replaceAll('-', '−');
