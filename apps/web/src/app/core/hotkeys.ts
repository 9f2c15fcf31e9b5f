import { DestroyRef, Injectable, inject } from '@angular/core';

type Handler = (event: KeyboardEvent) => void;

/** The spelling of a pressed key: modifiers in the order Ctrl, Alt, Shift; Ctrl stands for ⌘ too. */
export function comboOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : '', key].filter(Boolean).join('+');
}

/** Keys that work wherever the focus is, the editor included: they are caught before it sees them. */
@Injectable({ providedIn: 'root' })
export class Hotkeys {
  private readonly handlers = new Map<string, Handler[]>();

  constructor() {
    document.addEventListener(
      'keydown',
      (event) => {
        const handler = this.handlers.get(comboOf(event))?.at(-1);
        // A dialog is on top: the page below rests.
        if (!handler || document.querySelector('.cdk-dialog-container, mat-dialog-container')) return;
        event.preventDefault();
        event.stopPropagation();
        handler(event);
      },
      { capture: true },
    );
  }

  /** Binds until `owner` is destroyed; the latest binding of a key wins. */
  bind(keys: Record<string, Handler>, owner: DestroyRef = inject(DestroyRef)): void {
    for (const [combo, handler] of Object.entries(keys)) {
      this.handlers.set(combo, [...(this.handlers.get(combo) ?? []), handler]);
      owner.onDestroy(() => this.handlers.set(combo, (this.handlers.get(combo) ?? []).filter((other) => other !== handler)));
    }
  }
}
