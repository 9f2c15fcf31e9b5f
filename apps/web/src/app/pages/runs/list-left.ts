import { Injectable } from '@angular/core';
import type { FoldFilter } from './run-rows';

/** What was loaded of a list. */
export interface LoadedList {
  cursor: string | null;
  order: readonly string[] | null;
  opened: ReadonlyMap<string, FoldFilter>;
  loaded: ReadonlyMap<string, readonly string[]>;
}

/** The list of runs as one left it last: the way back leads to the same rows. */
@Injectable({ providedIn: 'root' })
export class ListLeft {
  /** The first row in sight, and by how much of it the list is scrolled further. */
  top: { id: string; over: number } | null = null;
  private left: { key: string; list: LoadedList } | null = null;

  leave(key: string, list: LoadedList): void {
    this.left = { key, list };
  }

  /** What one comes back to, where the list is the same; any other begins at its top. */
  take(key: string, comesBack: boolean): LoadedList | null {
    const { left } = this;
    this.left = null;
    if (comesBack && left?.key === key) return left.list;
    this.top = null;
    return null;
  }
}
