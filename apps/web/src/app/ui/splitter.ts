import { ChangeDetectionStrategy, Component, ElementRef, inject, input, model, output } from '@angular/core';

const STEP = 16;

/** A border between two panes that drags, and moves by arrow keys. `size` is that of the pane it belongs to, in px. */
@Component({
  selector: 'mle-splitter',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: '',
  host: {
    role: 'separator',
    tabindex: '0',
    '[attr.aria-label]': 'label()',
    '[attr.aria-orientation]': 'horizontal() ? "horizontal" : "vertical"',
    '[attr.aria-valuenow]': 'size()',
    '[attr.aria-valuemin]': 'min()',
    '[attr.aria-valuemax]': 'max()',
    '[class.horizontal]': 'horizontal()',
    '(pointerdown)': 'begin($event)',
    '(pointermove)': 'move($event)',
    '(pointerup)': 'end($event)',
    '(pointercancel)': 'end($event)',
    '(dblclick)': 'restored.emit()',
    '(keydown)': 'onKey($event)',
  },
  styles: `
    :host {
      position: relative;
      z-index: 2;
      background: var(--border);
      touch-action: none;
      outline-offset: 0;
    }
    :host::after {
      content: '';
      position: absolute;
      inset: 0 -4px;
      cursor: col-resize;
    }
    :host(.horizontal)::after {
      inset: -4px 0;
      cursor: row-resize;
    }
    :host(:hover),
    :host(.dragging) {
      background: var(--accent);
    }
  `,
})
export class Splitter {
  readonly label = input.required<string>();
  /** The line lies flat: the pane grows upwards or downwards. */
  readonly horizontal = input(false);
  /** The pane is after the border: dragging towards the start makes it larger. */
  readonly after = input(false);
  readonly min = input(120);
  readonly max = input(900);
  readonly size = model.required<number>();
  readonly restored = output();
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private from: { at: number; size: number } | null = null;

  protected begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.from = { at: this.position(event), size: this.size() };
    this.host.setPointerCapture(event.pointerId);
    this.host.classList.add('dragging');
    event.preventDefault();
  }

  protected move(event: PointerEvent): void {
    if (!this.from) return;
    const moved = this.position(event) - this.from.at;
    this.take(this.from.size + (this.after() ? -moved : moved));
  }

  protected end(event: PointerEvent): void {
    this.from = null;
    this.host.classList.remove('dragging');
    if (this.host.hasPointerCapture(event.pointerId)) this.host.releasePointerCapture(event.pointerId);
  }

  protected onKey(event: KeyboardEvent): void {
    const towardsEnd = this.horizontal() ? 'ArrowDown' : 'ArrowRight';
    const towardsStart = this.horizontal() ? 'ArrowUp' : 'ArrowLeft';
    if (event.key !== towardsEnd && event.key !== towardsStart) return;
    event.preventDefault();
    const grows = (event.key === towardsEnd) !== this.after();
    this.take(this.size() + (grows ? STEP : -STEP));
  }

  private take(size: number): void {
    this.size.set(Math.round(Math.max(this.min(), Math.min(this.max(), size))));
  }

  private position(event: PointerEvent): number {
    return this.horizontal() ? event.clientY : event.clientX;
  }
}
