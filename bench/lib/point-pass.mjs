import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import mongoose from 'mongoose';

const inflate = promisify(inflateRaw);

/** Opens the store of the product as a program that only wants the points of runs. */
export async function openPoints(uri) {
  const connection = await mongoose.createConnection(uri).asPromise();
  const chunks = connection.collection('metric_chunks');
  return {
    /** Reads the chunks of a run and goes over its first series once, for the lowest and highest value of each column. */
    async pass(runId, columns, span) {
      const lowest = new Float64Array(columns).fill(Infinity);
      const highest = new Float64Array(columns).fill(-Infinity);
      let points = 0;
      for await (const { heads, codec, data } of chunks.find({ runId }).sort({ from: 1 })) {
        const bytes = codec === 'deflate' ? await inflate(data.buffer) : Buffer.from(data.buffer);
        const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        // A chunk may hold what was read of the output without a point of this series.
        const count = heads[0]?.count ?? 0;
        for (let i = 0; i < count; i++) {
          const column = Math.floor((values[i] / span) * columns);
          const y = values[count + i];
          if (y < lowest[column]) lowest[column] = y;
          if (y > highest[column]) highest[column] = y;
        }
        points += count;
      }
      return { points, lowest, highest };
    },
    close: () => connection.close(),
  };
}
