import { computed, effect, Injectable, signal } from '@angular/core';
import { isTextList, readStored, writeStored } from '../../core/storage';

/** The columns of the list of runs that can be left out. State and run are always there. */
export const RUN_COLUMNS = [
  { key: 'changes', label: 'Changed since the run before' },
  { key: 'knobs', label: 'Knobs that differ' },
  { key: 'machine', label: 'Machine' },
  { key: 'started', label: 'Started' },
  { key: 'time', label: 'Time' },
  { key: 'last', label: 'Last metric' },
  { key: 'best', label: 'Best metric' },
  { key: 'outcome', label: 'Outcome' },
  { key: 'tags', label: 'Tags' },
  { key: 'note', label: 'Note' },
] as const;
export type RunColumn = (typeof RUN_COLUMNS)[number]['key'];

const isColumn = (key: string): key is RunColumn => RUN_COLUMNS.some((column) => column.key === key);

/** Which columns are shown; kept by the browser. */
@Injectable({ providedIn: 'root' })
export class RunColumns {
  private readonly left = signal<readonly RunColumn[]>(
    readStored('columns.hidden', isTextList, ['note']).filter(isColumn),
  );
  readonly shown = computed<ReadonlySet<RunColumn>>(
    () => new Set(RUN_COLUMNS.map(({ key }) => key).filter((key) => !this.left().includes(key))),
  );

  constructor() {
    effect(() => writeStored('columns.hidden', this.left()));
  }

  toggle(key: RunColumn): void {
    this.left.update((left) => (left.includes(key) ? left.filter((other) => other !== key) : [...left, key]));
  }
}
