import { DestroyRef, type ElementRef, inject, type Signal, signal } from '@angular/core';

export interface Size {
  width: number;
  height: number;
}

/** What an element measures now, in pixels. For the constructor of its component. */
export function sizeOf({ nativeElement }: ElementRef<HTMLElement>): Signal<Size> {
  const size = signal<Size>({ width: 0, height: 0 });
  const observer = new ResizeObserver(([entry]) => {
    if (entry) size.set({ width: entry.contentRect.width, height: entry.contentRect.height });
  });
  observer.observe(nativeElement);
  inject(DestroyRef).onDestroy(() => observer.disconnect());
  return size;
}
