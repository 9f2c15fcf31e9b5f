import { PIECE_BYTES, TablePieces } from './table-pieces';

const pieces = (text: string, delimiter = ',') => {
  const bytes = new TextEncoder().encode(text);
  const asked: [number, number][] = [];
  const read = (from: number, to: number) => (asked.push([from, to]), Promise.resolve(bytes.slice(from, to)));
  return { table: new TablePieces(read, bytes.length, delimiter), asked };
};
const all = async (table: TablePieces) =>
  (await Promise.all(Array.from({ length: table.count }, (_, piece) => table.load(piece)))).flat();

describe('TablePieces', () => {
  it('reads a small table at once, quotes and tabs among it', async () => {
    expect(await all(pieces('a,b\n1,"x, y"\n2,"two\nlines"\n').table)).toEqual([
      ['a', 'b'],
      ['1', 'x, y'],
      ['2', 'two\nlines'],
    ]);
    expect(await all(pieces('a\tb\n1\t2', '\t').table)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(await all(pieces('').table)).toEqual([]);
  });

  it('has each row of a large one once, wherever the pieces part', async () => {
    for (const length of [7, 8, 64, 1000]) {
      const rows = Array.from({ length: Math.ceil((3 * PIECE_BYTES) / length) }, (_, i) =>
        String(i).padEnd(length - 1, '.'),
      );
      expect((await all(pieces(rows.join('\n')).table)).map(([cell]) => cell)).toEqual(rows);
    }
  });

  it('asks for what is looked at alone, and once', async () => {
    const { table, asked } = pieces('0123456\n'.repeat(100_000));
    await Promise.all([table.load(5), table.load(5)]);
    expect(asked.length).toBe(1);
    expect(table.rowsPerPiece).toBe(PIECE_BYTES / 8);
    expect(table.known(4)).toBeUndefined();
  });
});
