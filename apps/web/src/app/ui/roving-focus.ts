import { type FocusableOption, FocusKeyManager } from '@angular/cdk/a11y';
import { contentChildren, DestroyRef, Directive, ElementRef, inject, Injector, input, output } from '@angular/core';

/** One of several things that share a tab stop: the chosen one has it, and the arrow keys choose another. */
@Directive({ selector: '[mleRovingItem]', host: { '[tabindex]': 'chosen() ? 0 : -1' } })
export class RovingItem implements FocusableOption {
  readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly chosen = input.required<boolean>({ alias: 'mleRovingItem' });
  /** A key came to it. */
  readonly reached = output();

  focus(): void {
    this.host.focus();
  }
}

/** Around them, for arrow keys, Home and End. A row, as of tabs, goes round; a column ends. */
@Directive({ selector: '[mleRovingFocus]', host: { '(keydown)': 'onKey($event)' } })
export class RovingFocus {
  readonly along = input.required<'row' | 'column'>({ alias: 'mleRovingFocus' });
  private readonly items = contentChildren(RovingItem, { descendants: true });
  private readonly keys = new FocusKeyManager<RovingItem>(this.items, inject(Injector)).withHomeAndEnd();

  constructor() {
    this.keys.change.subscribe((at) => this.items()[at]?.reached.emit());
    inject(DestroyRef).onDestroy(() => this.keys.destroy());
  }

  protected onKey(event: KeyboardEvent): void {
    const at = this.items().findIndex(({ host }) => host === event.target);
    if (at === -1) return;
    const row = this.along() === 'row';
    this.keys.updateActiveItem(at);
    this.keys
      .withWrap(row)
      .withVerticalOrientation(!row)
      .withHorizontalOrientation(row ? 'ltr' : null)
      .onKeydown(event);
  }
}
