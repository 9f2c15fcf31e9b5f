import { chunks, piecesOf } from './output-feed';

const bytes = (length: number) => new Uint8Array(length).fill(120);

describe('piecesOf', () => {
  it('cuts segments to the range', () => {
    const segments = [
      { offset: 0, length: 10, stream: 'stdout' as const, time: 1 },
      { offset: 10, length: 5, stream: 'stderr' as const, time: 2 },
      { offset: 15, length: 100, stream: 'system' as const, time: 3 },
    ];
    const [pieces, covered] = piecesOf({ from: 4, bytes: bytes(16), segments });
    expect(pieces).toEqual([
      [6, 0, 1],
      [5, 1, 2],
      [5, 2, 3],
    ]);
    expect(covered.length).toBe(16);
  });

  it('takes only bytes whose stream is known', () => {
    const [pieces, covered] = piecesOf({
      from: 0,
      bytes: bytes(20),
      segments: [{ offset: 0, length: 8, stream: 'stdout', time: 1 }],
    });
    expect(pieces).toEqual([[8, 0, 1]]);
    expect(covered.length).toBe(8);
    expect(
      piecesOf({ from: 0, bytes: bytes(20), segments: [{ offset: 3, length: 8, stream: 'stdout', time: 1 }] })[1]
        .length,
    ).toBe(0);
  });
});

describe('chunks', () => {
  it('cover the gap from its start without a hole, a few at a time', () => {
    const parts = chunks({ from: 0, to: 100_000_000 });
    expect(parts[0]).toEqual({ from: 0, to: 256 * 1024 });
    expect(parts.slice(1).every((part, i) => part.from === parts[i]?.to)).toBe(true);
    expect(parts.length).toBe(3);
    expect(chunks({ from: 5, to: 9 })).toEqual([{ from: 5, to: 9 }]);
  });
});
