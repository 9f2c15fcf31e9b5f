import { choiceOf, MOST_RUNS, paramsOf } from './compare-address';

const id = (digit: string) => digit.repeat(24);

describe('the address of a comparison', () => {
  it('reproduces it', () => {
    const choice = {
      runs: [id('a'), id('b')],
      metric: 'val_loss',
      tab: 'pictures',
      other: id('b'),
      file: 'nets/network.py',
      split: true,
      all: true,
      values: 'scatter',
      x: 'rate',
      y: 'loss',
      colour: 'hidden',
      keep: 'rate:0.05:0.5',
    } as const;
    expect(choiceOf(paramsOf(choice) as Record<string, string>)).toEqual(choice);
    const plain = choiceOf({ runs: id('a') });
    expect(Object.values(paramsOf(plain)).filter(Boolean)).toEqual([id('a')]);
  });

  it('takes each run once, and not too many', () => {
    expect(choiceOf({ runs: `${id('b')},x,${id('a')},${id('b')}` }).runs).toEqual([id('b'), id('a')]);
    const many = Array.from({ length: 99 }, (_, i) => String(i).padStart(24, '0')).join(',');
    expect(choiceOf({ runs: many }).runs).toHaveLength(MOST_RUNS);
    expect(choiceOf({}).runs).toEqual([]);
  });
});
