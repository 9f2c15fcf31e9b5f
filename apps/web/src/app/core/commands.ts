import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import type { IconName } from './icon-shapes';

/** What can be done by its name, as Ctrl K lists it. */
export interface Command {
  name: string;
  icon: IconName;
  /** By which it is done without the list. */
  keys?: string;
  run: () => void;
}

type Source = () => readonly Command[];

/** What the page in front offers to do, and what every page does. */
@Injectable({ providedIn: 'root' })
export class Commands {
  private readonly sources = signal<readonly Source[]>([]);
  /** Those of the page in front first. */
  readonly list = computed(() => this.sources().flatMap((source) => source()));

  /** Offers them until `owner` is destroyed; `source` says what can be done now. */
  offer(source: Source, owner: DestroyRef = inject(DestroyRef)): void {
    this.sources.update((list) => [source, ...list]);
    owner.onDestroy(() => this.sources.update((list) => list.filter((other) => other !== source)));
  }
}
