import { csvOf } from './chart-csv';

describe('a chart as CSV', () => {
  const line = (label: string) => ({ id: label, label, slot: 0, x: [0, 1], y: [-0.5, 2e-7], live: false });

  it.each(['=HYPERLINK("http://evil.example")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'has no cell that a spreadsheet would execute: %j',
    (name) => {
      const [head = ''] = csvOf('step', [line(name)]).split('\n0,');
      const cell = head.slice('step,'.length);
      expect(cell.replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('leaves numbers as numbers, in names too', () => {
    expect(csvOf('step', [line('-0.5'), line('+1e-3')])).toBe('step,-0.5,+1e-3\n0,-0.5,-0.5\n1,2e-7,2e-7\n');
  });
});
