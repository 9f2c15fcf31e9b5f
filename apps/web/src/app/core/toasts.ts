import { Injectable, signal } from '@angular/core';
import type { IconName } from './icon-shapes';

export interface Toast {
  id: number;
  text: string;
  icon: IconName;
  bad: boolean;
  action: { label: string; run: () => void } | null;
}

export const UNDO_MS = 8000;

/** Short notes at the foot of the page. Errors stand where they happen; a toast only when that place is gone. */
@Injectable({ providedIn: 'root' })
export class Toasts {
  private nextId = 1;
  readonly list = signal<readonly Toast[]>([]);

  show(text: string, options: { icon?: IconName; bad?: boolean; action?: Toast['action']; ms?: number } = {}): number {
    const toast: Toast = {
      id: this.nextId++,
      text,
      icon: options.icon ?? (options.bad ? 'alert' : 'info'),
      bad: options.bad ?? false,
      action: options.action ?? null,
    };
    this.list.update((list) => [...list.slice(-3), toast]);
    setTimeout(() => this.dismiss(toast.id), options.ms ?? UNDO_MS);
    return toast.id;
  }

  error(text: string): void {
    this.show(text, { bad: true });
  }

  dismiss(id: number): void {
    this.list.update((list) => list.filter((toast) => toast.id !== id));
  }
}
