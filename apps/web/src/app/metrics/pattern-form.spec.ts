import { parts } from './pattern-form';

describe('a line with marks', () => {
  it('is cut where they begin and end', () => {
    expect(parts('best: 0.5 at 3', [{ from: 6, to: 9 }])).toEqual([
      { text: 'best: ', marked: false },
      { text: '0.5', marked: true },
      { text: ' at 3', marked: false },
    ]);
    expect(parts('0.5', [{ from: 0, to: 3 }])).toEqual([{ text: '0.5', marked: true }]);
    expect(parts('a', [])).toEqual([{ text: 'a', marked: false }]);
  });
});
