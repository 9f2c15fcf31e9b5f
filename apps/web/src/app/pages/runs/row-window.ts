import { signal } from '@angular/core';

/** So many rows are drawn above and below those in sight, for a scroll that is faster than the page. */
const BESIDE = 8;
/** The window moves by this many rows at once. */
const STEP = 4;

/** Which rows of a long list are drawn. All are of one height, so those in sight follow from how far it is scrolled. */
export class RowWindow {
  /** Of one row in pixels, until it is measured. */
  private readonly height = signal(36);
  private readonly first = signal(0);
  private readonly inSight = signal(32);

  /** As the list stands now; `height` is that of one of its rows. */
  measure(scrolled: number, room: number, height: number): void {
    if (height > 0) this.height.set(height);
    this.first.set(stepDown(scrolled / this.height()));
    this.inSight.set(stepDown(room / this.height()) + 2 * STEP);
  }

  /** The rows that are drawn of `count`, from one and up to but without another. */
  range(count: number): { from: number; to: number } {
    const first = Math.max(0, Math.min(this.first(), count - this.inSight()));
    return { from: Math.max(0, first - BESIDE), to: Math.min(count, first + this.inSight() + BESIDE) };
  }

  /** How far the list is scrolled where this row is the first. */
  topOf(row: number): number {
    return row * this.height();
  }

  at(scrolled: number): { row: number; over: number } {
    const row = Math.floor(scrolled / this.height());
    return { row, over: scrolled - this.topOf(row) };
  }

  /** How far the list has to be scrolled for a row to be in sight, from where it is. */
  scrollTo(row: number, scrolled: number, room: number): number {
    return Math.max(this.topOf(row + 1) - room, Math.min(scrolled, this.topOf(row)));
  }
}

const stepDown = (rows: number): number => Math.floor(rows / STEP) * STEP;

/** A row of the list by its place, or so many rows that are not drawn. */
export type Drawn = { row: number } | { gap: number };

/** A list of `count` rows as it is drawn: those in sight, a row that is `kept` wherever it is, and gaps for the others. */
export function drawn(count: number, { from, to }: { from: number; to: number }, kept: number): Drawn[] {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  if (kept >= 0 && kept < from) rows.unshift(kept);
  if (kept >= to && kept < count) rows.push(kept);
  const parts: Drawn[] = [];
  let next = 0;
  for (const row of rows) {
    if (row > next) parts.push({ gap: row - next });
    parts.push({ row });
    next = row + 1;
  }
  if (next < count) parts.push({ gap: count - next });
  return parts;
}
