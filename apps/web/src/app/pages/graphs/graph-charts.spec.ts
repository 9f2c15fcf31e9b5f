import { graphCharts } from './graph-charts';

const line = (id: string, y: number[]) => ({ id, label: `#${id}`, slot: 0, x: y.map((_, i) => i), y, live: false });
const charts = [
  { name: 'loss', axis: 'epoch', lines: [line('1', [3, 1, 2]), line('2', [4, 4, 900])] },
  { name: 'accuracy', axis: 'epoch', lines: [line('1', [0.5])] },
  { name: 'val_loss', axis: 'epoch', lines: [line('1', [5, 4]), line('2', [6, 5])] },
];
const plain = { metric: '', together: false, best: false, clip: false, band: 'range' as const };
const drawn = (choice: Partial<typeof plain>, hidden = '') =>
  graphCharts(charts, {
    choice: { ...plain, ...choice },
    groups: null,
    pointed: null,
    isHidden: (id) => id === hidden,
    directionOf: (name) => (name.endsWith('loss') ? 'lower' : null),
  });

describe('the charts of the Graphs page', () => {
  it('are as they come without a choice, and those that are searched for', () => {
    expect(drawn({}).map(({ name, note, floor }) => [name, note, floor])).toEqual([
      ['loss', 'best 1, #1', null],
      // Of what the project says of no direction, nothing is best.
      ['accuracy', '', null],
      ['val_loss', 'best 4, #1', null],
    ]);
    expect(drawn({}, '1')[0]?.note).toBe('best 4, #2');
    expect(drawn({ metric: 'val' }).map(({ name }) => name)).toEqual(['val_loss']);
  });

  it('have training and validation together', () => {
    const [loss, accuracy] = drawn({ together: true });
    expect(loss?.lines.map(({ id, held }) => [id, held])).toEqual([
      ['1', undefined],
      ['2', undefined],
      ['1 val_loss', true],
      ['2 val_loss', true],
    ]);
    expect(accuracy?.name).toBe('accuracy');
    expect(drawn({ together: true }, '2')[0]?.lines).toHaveLength(3);
  });

  it('show the best so far, and leave outliers out', () => {
    expect(drawn({ best: true })[0]?.lines.map(({ y }) => y)).toEqual([
      [3, 1, 1],
      [4, 4, 4],
    ]);
    expect(drawn({ clip: true }, '2')[0]).toMatchObject({
      floor: expect.closeTo(0.8, 5),
      ceiling: expect.closeTo(3.2, 5),
    });
  });
});
