import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AttemptMetrics } from '../../src/results/metrics/attempt-metrics.js';
import type { PointChunk } from '../../src/results/metrics/metrics.repository.js';
import { NO_RULES } from '../../src/results/metrics/reader/reading-rules.js';
import { ReadingThread } from '../../src/results/metrics/reading-thread.service.js';
import type { Chunk } from '../../src/results/output/output.repository.js';

class ImpatientThread extends ReadingThread {
  protected override get deadlineMs(): number {
    return 3_000;
  }
}

const ref = { runId: 'f'.repeat(24), attempt: 1 };
const LINE = 'step 000001 loss=0.50\n';
const PIECE = 64 * 1024;

/** Lines of steps from 0, in chunks of one piece each; some of them say what ends the thread. */
function output(lines: number, faults: Record<number, string>): Chunk[] {
  const text = Array.from({ length: lines }, (_, i) => `step ${String(i).padStart(6, '0')} loss=0.50\n`).join('');
  const chunks: Chunk[] = [];
  for (let from = 0; from < text.length; from += PIECE) {
    const fault = faults[chunks.length] ?? '';
    const data = Buffer.from(fault + text.slice(from + fault.length, from + PIECE));
    chunks.push({ from, to: from + data.length, data, segments: [[data.length, 0, 1_000]] });
  }
  return chunks;
}

describe('the thread that reads numbers', () => {
  const threads: ReadingThread[] = [];
  afterEach(async () => {
    for (const thread of threads.splice(0)) await thread.onModuleDestroy();
  });
  const impatient = (): ReadingThread => {
    const thread = new ImpatientThread({ metricsReader: join(import.meta.dirname, 'failing-reader.mjs') });
    threads.push(thread);
    return thread;
  };

  /** An attempt whose output and points are kept in memory. */
  function attempt(thread: ReadingThread, chunks: Chunk[]) {
    const stored: PointChunk[] = [];
    const failures: unknown[] = [];
    const metrics = new AttemptMetrics(ref, true, {
      repository: {
        append: (_ref, chunk) => Promise.resolve(stored.push(structuredClone(chunk)) > 0),
        last: () => Promise.resolve(stored.at(-1) ?? null),
        merge: () => Promise.resolve(),
        removeAttempt: () => Promise.resolve(),
      },
      rules: () => Promise.resolve(NO_RULES),
      output: async function* (_ref, from, to) {
        await sleep(1);
        for (const chunk of chunks) if (chunk.to > from && chunk.from < to) yield chunk;
      },
      thread,
      onPoints: () => undefined,
      onStored: () => undefined,
      onFailure: (error) => failures.push(error),
    });
    const points = (): number[] => stored.flatMap(({ series }) => series.flatMap(({ x }) => [...x]));
    return { metrics, stored, failures, points };
  }

  const LINES = 20_000;
  const end = LINES * LINE.length;
  const all = Array.from({ length: LINES }, (_, i) => i);

  it.each(['END THE THREAD', 'HANG FOR EVER'])(
    'passes over the one piece at which it meets "%s", and says so',
    async (word) => {
      const thread = impatient();
      const chunks = output(LINES, { 3: `\n${word}\n` });
      const { metrics, stored, failures, points } = attempt(thread, chunks);
      const quiet = attempt(thread, output(LINES, {}));
      for (const chunk of chunks) metrics.accept(chunk);
      await Promise.all([metrics.finish(end), quiet.metrics.finish(end)]);
      // A line of three that the piece cuts is lost with it.
      const missing = Math.ceil(PIECE / LINE.length) + 1;
      const x = points();
      expect(x.length).toBeGreaterThanOrEqual(LINES - missing);
      expect(x.length).toBeLessThan(LINES);
      expect([x[0], x.at(-1)]).toEqual([0, LINES - 1]);
      expect(new Set(x).size).toBe(x.length);
      expect(stored.at(-1)).toMatchObject({ final: true, to: end, state: { sampled: true } });
      expect(failures).toEqual([]);
      // The run beside it lost nothing.
      expect(quiet.points()).toEqual(all);
      expect(quiet.stored.at(-1)).toMatchObject({ final: true, state: { sampled: false } });
    },
  );

  it('loses no point when it ends for another reason, again and again', async () => {
    const thread = impatient();
    const chunks = output(LINES, {});
    const { metrics, stored, failures, points } = attempt(thread, chunks);
    const other = impatientEnd(thread);
    for (const [i, chunk] of chunks.entries()) {
      metrics.accept(chunk);
      await sleep(i % 3);
      if (i % 2 === 0) await metrics.flush().catch(() => undefined);
      if (i === 2 || i === 4) await other();
    }
    await metrics.finish(end);
    expect(points()).toEqual(all);
    expect(stored.at(-1)).toMatchObject({ final: true, to: end, state: { sampled: false } });
    expect(failures).toEqual([]);
  });

  it('says so when it cannot start, and tries no more for it', async () => {
    const thread = new ReadingThread({ metricsReader: join(import.meta.dirname, 'no-such-file.mjs') });
    threads.push(thread);
    const { metrics, failures } = attempt(thread, output(10, {}));
    await expect(metrics.finish(10 * LINE.length)).rejects.toThrow('The thread that reads numbers cannot start.');
    expect(failures).toEqual([]);
  });

  /** Ends the thread by a piece of another reader. */
  function impatientEnd(thread: ReadingThread): () => Promise<void> {
    return async () => {
      const data = Buffer.from('END THE THREAD');
      await expect(thread.open().read({ data, segments: [[data.length, 0, 1]] })).rejects.toThrow('ended');
    };
  }
});
