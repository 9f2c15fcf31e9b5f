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
 * Which colour a run has: the lowest that no run has which was drawn lately. It keeps it on every page and after a
 * reload, unless it is drawn together with another run of the same colour that was drawn after it.
 */
@Injectable({ providedIn: 'root' })
export class SeriesSlots {
  /** In the order in which the runs were drawn, the latest at the end. */
  private readonly slots = signal<ReadonlyMap<string, number>>(new Map(readStored('series', isSlots, [])));

  /** The ids are drawn together now, each in a slot of its own. Not for a template: it remembers. */
  claim(ids: readonly string[]): void {
    const wanted = new Set(ids);
    const latest = [...this.slots()].reverse();
    const here = new Map<string, number>();
    const taken = new Set<number>();
    for (const [id, slot] of latest) {
      if (!wanted.has(id) || taken.has(slot)) continue;
      here.set(id, slot);
      taken.add(slot);
    }
    // As many others keep theirs for themselves as the palette has colours for.
    const others = latest.filter(([id]) => !wanted.has(id)).slice(0, Math.max(0, COLOURS - wanted.size));
    const avoided = new Set(others.map(([, slot]) => slot));
    for (const id of wanted) {
      if (here.has(id)) continue;
      let slot = 0;
      while (taken.has(slot) || avoided.has(slot)) slot++;
      here.set(id, slot);
      taken.add(slot);
    }
    const kept = latest.filter(([id]) => !wanted.has(id)).slice(0, Math.max(0, REMEMBERED - wanted.size));
    const next = new Map([...kept.reverse(), ...[...wanted].map((id) => [id, here.get(id) ?? 0] as const)]);
    if (JSON.stringify([...next]) === JSON.stringify([...this.slots()])) return;
    this.slots.set(next);
    writeStored('series', [...next]);
  }

  of(id: string): number {
    return this.slots().get(id) ?? 0;
  }
}

export const colourOf = (slot: number): string => `--series-${(slot % COLOURS) + 1}`;
/** A line of the run before has no colour of its own. */
export const colourOfLine = ({
  slot,
  before = false,
  token,
}: {
  slot: number;
  before?: boolean;
  token?: string | undefined;
}): string => (before ? '--text-muted' : (token ?? colourOf(slot)));
/** How often the palette was gone through: 0 is a plain line. */
export const dashOf = (slot: number): number[] => [[], [6, 4], [2, 3]][Math.min(2, Math.floor(slot / COLOURS))] ?? [];
