import { DestroyRef, inject, Injectable } from '@angular/core';

type Handler = (event: KeyboardEvent) => void;

/**
 * The spelling of a pressed key: modifiers in the order Ctrl, Alt, Shift; Ctrl stands for ⌘ too. Signs as `?` are what
 * they are, however they are typed.
 */
export function comboOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const sign = key.length === 1 && !/[\p{L}\p{N}]/u.test(key);
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && !sign ? 'Shift' : '',
    key,
  ]
    .filter(Boolean)
    .join('+');
}

/** A key that writes something where text is typed. */
const writes = (combo: string): boolean =>
  !/^(Ctrl|Alt)\+/.test(combo) && (combo.length === 1 || combo.startsWith('Shift+'));
/** A second key after `G`, as for the pages, follows within this time. */
const SEQUENCE_MS = 1500;

/**
 * Keys that work wherever the focus is, the editor included: they are caught before it sees them. Single letters, and
 * sequences of two as `G C`, rest where text is typed.
 */
@Injectable({ providedIn: 'root' })
export class Hotkeys {
  private readonly handlers = new Map<string, Handler[]>();

  private first: { key: string; at: number } | null = null;

  constructor() {
    document.addEventListener('keydown', (event) => this.onKey(event), { capture: true });
  }

  private onKey(event: KeyboardEvent): void {
    const combo = comboOf(event);
    if (writes(combo) && isTyping(event.target)) return;
    const { first } = this;
    const sequence = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${combo}` : '';
    const handler = this.handlers.get(sequence)?.at(-1) ?? this.handlers.get(combo)?.at(-1);
    this.first = writes(combo) && !handler ? { key: combo, at: event.timeStamp } : null;
    // A dialog is on top: the page below rests.
    if (!handler || document.querySelector('.cdk-dialog-container, mat-dialog-container')) return;
    event.preventDefault();
    event.stopPropagation();
    handler(event);
  }

  /** Binds until `owner` is destroyed; the latest binding of a key wins. */
  bind(keys: Record<string, Handler>, owner: DestroyRef = inject(DestroyRef)): void {
    for (const [combo, handler] of Object.entries(keys)) {
      this.handlers.set(combo, [...(this.handlers.get(combo) ?? []), handler]);
      owner.onDestroy(() =>
        this.handlers.set(
          combo,
          (this.handlers.get(combo) ?? []).filter((other) => other !== handler),
        ),
      );
    }
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'submit', 'range', 'color', 'file'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable ||
    target.closest('[contenteditable="true"], .cm-editor') !== null
  );
}
