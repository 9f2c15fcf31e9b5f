import type { Chunk } from '../output/output.repository.js';

/** Bytes with the stream and the time of each part of them. */
export type Piece = Pick<Chunk, 'data' | 'segments'>;

/** So much is read at once, as much as a stored chunk holds: some milliseconds, in which other runs wait. */
const PIECE_BYTES = 256 * 1024;

/** What of the chunk lies at or after `at`, in pieces. */
export function* pieces(chunk: Chunk, at: number): Generator<Piece> {
  let skip = Math.max(0, at - chunk.from);
  let from = skip;
  let to = skip;
  let segments: Chunk['segments'] = [];
  for (const [whole, stream, time] of chunk.segments) {
    let length = whole - Math.min(skip, whole);
    skip -= whole - length;
    while (length > 0) {
      const taken = Math.min(length, PIECE_BYTES - (to - from));
      segments.push([taken, stream, time]);
      to += taken;
      length -= taken;
      if (to - from < PIECE_BYTES) continue;
      yield { data: chunk.data.subarray(from, to), segments };
      from = to;
      segments = [];
    }
  }
  if (to > from) yield { data: chunk.data.subarray(from, to), segments };
}
