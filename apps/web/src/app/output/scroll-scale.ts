/**
 * Browsers cap the height of an element (16 to 33 million px): beyond this the scroll bar stands for more than it
 * shows.
 */
export const MAX_SCROLL_PX = 8_000_000;

/** Maps the scroll bar to lines, with a true pixel position of its own. */
export class ScrollScale {
  constructor(
    readonly contentPx: number,
    readonly viewportPx: number,
  ) {}

  /** The height that the element really has. */
  get elementPx(): number {
    return Math.min(this.contentPx, MAX_SCROLL_PX);
  }

  get scaled(): boolean {
    return this.contentPx > MAX_SCROLL_PX;
  }

  /** The greatest position of the first visible pixel. */
  get maxTop(): number {
    return Math.max(0, this.contentPx - this.viewportPx);
  }

  toTop(scrollTop: number): number {
    if (!this.scaled) return scrollTop;
    return Math.min(this.maxTop, (scrollTop / (this.elementPx - this.viewportPx)) * this.maxTop);
  }

  toScroll(top: number): number {
    if (!this.scaled) return top;
    return this.maxTop === 0 ? 0 : (top / this.maxTop) * (this.elementPx - this.viewportPx);
  }
}
