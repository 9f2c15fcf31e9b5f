import { computed, signal } from '@angular/core';

let groups = 0;

/**
 * What the charts of one view share: the cursor, the range that is zoomed to, which lines are hidden and which chart is
 * large.
 */
export class ChartGroup {
  /** Of uPlot's cursors. */
  readonly key = `charts-${++groups}`;
  readonly zoom = signal<readonly [number, number] | null>(null);
  /** The chart that has the whole pane, by its title. */
  readonly enlarged = signal<string | null>(null);
  private readonly hiddenIds = signal<ReadonlySet<string>>(new Set());
  private readonly soloId = signal<string | null>(null);
  readonly solo = this.soloId.asReadonly();
  readonly hidden = computed(() => this.hiddenIds());

  isHidden(id: string): boolean {
    const solo = this.soloId();
    return solo === null ? this.hiddenIds().has(id) : solo !== id;
  }

  /** A click hides or shows a line; with Alt it alone is shown, or all again. */
  toggle(id: string, alone: boolean): void {
    if (alone) return this.soloId.update((solo) => (solo === id ? null : id));
    // Leaving solo by a plain click keeps what was hidden before it.
    if (this.soloId() !== null) return this.soloId.set(null);
    this.hiddenIds.update((hidden) => {
      const next = new Set(hidden);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }

  hideOnly(ids: readonly string[]): void {
    this.soloId.set(null);
    this.hiddenIds.set(new Set(ids));
  }
}
