import { Injectable, signal } from '@angular/core';
import { readStored, writeStored } from '../core/storage';

/** Colours of the palette; what is past them is told apart by a dash. */
export const COLOURS = 10;
const REMEMBERED = 60;

const isSlots = (value: unknown): value is [string, number][] =>
  Array.isArray(value) &&
  value.every(
    (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1]) && entry[1] >= 0,
  );

/**
 * Which colour a run has. It takes the lowest free one when it is first drawn, and keeps it on every page and after a
 * reload.
 */
@Injectable({ providedIn: 'root' })
export class SeriesSlots {
  private readonly slots = signal<ReadonlyMap<string, number>>(new Map(readStored('series', isSlots, [])));

  /**
   * Gives each of the ids that has none the lowest slot that none of the others here holds. Not for a template: it
   * remembers.
   */
  claim(ids: readonly string[]): void {
    const slots = new Map(this.slots());
    const taken = new Set(ids.flatMap((id) => slots.get(id) ?? []));
    const missing = ids.filter((id) => !slots.has(id));
    if (missing.length === 0) return;
    for (const id of missing) {
      let slot = 0;
      while (taken.has(slot)) slot++;
      taken.add(slot);
      slots.set(id, slot);
    }
    for (const id of [...slots.keys()].slice(0, -REMEMBERED)) if (!ids.includes(id)) slots.delete(id);
    this.slots.set(slots);
    writeStored('series', [...slots]);
  }

  of(id: string): number {
    return this.slots().get(id) ?? 0;
  }
}

export const colourOf = (slot: number): string => `--series-${(slot % COLOURS) + 1}`;
/** How often the palette was gone through: 0 is a plain line. */
export const dashOf = (slot: number): number[] => [[], [6, 4], [2, 3]][Math.min(2, Math.floor(slot / COLOURS))] ?? [];
