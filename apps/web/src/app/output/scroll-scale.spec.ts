import { MAX_SCROLL_PX, ScrollScale } from './scroll-scale';

describe('ScrollScale', () => {
  it('changes nothing while the content fits an element', () => {
    const scale = new ScrollScale(100_000, 300);
    expect(scale.elementPx).toBe(100_000);
    expect(scale.toTop(1234.5)).toBe(1234.5);
    expect(scale.toScroll(99_700)).toBe(99_700);
  });

  it('reaches the first and the last line of ten million', () => {
    const scale = new ScrollScale(10_000_000 * 18, 252);
    expect(scale.elementPx).toBe(MAX_SCROLL_PX);
    expect(scale.toTop(0)).toBe(0);
    expect(scale.toTop(MAX_SCROLL_PX - 252)).toBe(scale.maxTop);
    expect(scale.toScroll(scale.maxTop)).toBe(MAX_SCROLL_PX - 252);
    expect(scale.toTop(scale.toScroll(90_000_000))).toBeCloseTo(90_000_000, 3);
  });
});
