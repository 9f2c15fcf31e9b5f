import { COUNT, LineForm, LONGEST, MOST_VALUES, PLAIN, SIGNED } from './line-form.js';
import type { Reading } from './reading.js';

/** A line of nothing but one dictionary, without another one, a list or a call in it. */
const FLAT = /^[ \t]*\{[\t !"#$%&'*-Z^-z|~]*\}[ \t]*$/;
/** A number as JSON has it, up to a comma between two entries or the end. */
const AMOUNT = /-?\d{1,15}(?:\.\d{1,25})?(?:[eE][+-]?\d{1,2})?(?=,[ \t"']|\})/y;

/** The form of a line that is a dictionary, or null: see `line-form`. What is no value and no place stays as it is. */
export function dictFormOf(text: string, reading: Reading): LineForm | null {
  if (text.length > LONGEST || !FLAT.test(text)) return null;
  const { values, epoch, step, batch, outer } = reading;
  // A place that is negative is read as a value.
  if (values.length === 0 || values.length > MOST_VALUES || values.some(({ name, y }) => !(y >= 0) || COUNT.test(name)))
    return null;
  const spots = [
    ...values.map((value) => ({ kind: SIGNED, from: value.from, value, place: null })),
    ...[epoch, step, batch, outer].flatMap((place) =>
      place ? [{ kind: PLAIN, from: place.from, value: null, place }] : [],
    ),
  ].sort((a, b) => a.from - b.from);
  const mask: number[] = [];
  let at = 0;
  for (const { kind, from } of spots) {
    if (from < at) return null;
    for (; at < from; at++) mask.push(text.charCodeAt(at));
    AMOUNT.lastIndex = from;
    const amount = AMOUNT.exec(text)?.[0];
    if (amount === undefined) return null;
    mask.push(kind);
    at += amount.length;
  }
  for (; at < text.length; at++) mask.push(text.charCodeAt(at));
  const holes = spots.map(({ kind, value, place }) => ({ kind, unit: 0, value, place }));
  return new LineForm(Uint16Array.from(mask), holes, reading, 'apart');
}
