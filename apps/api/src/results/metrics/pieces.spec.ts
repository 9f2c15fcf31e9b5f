import type { Chunk } from '../output/output.repository.js';
import { pieces } from './pieces.js';

const bytes = Buffer.from(Array.from({ length: 800_000 }, (_, i) => i % 251));
const chunk: Chunk = {
  from: 1_000,
  to: 801_000,
  data: bytes,
  segments: [
    [10, 0, 1],
    [600_000, 1, 2],
    [199_990, 0, 3],
  ],
};

describe('pieces of a chunk', () => {
  it.each([0, 1_000, 1_004, 1_010, 80_000, 601_010, 800_999])(
    'are all that lies after %d, each with its parts',
    (at) => {
      const cut = [...pieces(chunk, at)];
      expect(Buffer.concat(cut.map(({ data }) => data))).toEqual(bytes.subarray(Math.max(0, at - 1_000)));
      for (const { data, segments } of cut) {
        expect(data.length).toBeLessThanOrEqual(256 * 1024);
        expect(segments.reduce((sum, [length]) => sum + length, 0)).toBe(data.length);
      }
      const streams = cut.flatMap(({ segments }) =>
        segments.flatMap(([length, stream]) => Array<number>(length).fill(stream)),
      );
      const whole = chunk.segments.flatMap(([length, stream]) => Array<number>(length).fill(stream));
      expect(streams.join('')).toBe(whole.slice(Math.max(0, at - 1_000)).join(''));
    },
  );

  it('are none after its end', () => {
    expect([...pieces(chunk, 801_000)]).toEqual([]);
  });
});
