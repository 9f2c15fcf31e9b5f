import { createHash } from 'node:crypto';
import type { AttemptRef } from '@mle/protocol';
import type { FakeWorker } from '../fake-worker.js';

/** The program of a claimed attempt: it prints the lines and ends. */
export async function trained(
  worker: FakeWorker,
  ref: AttemptRef,
  lines: readonly string[],
  end: { exitCode?: number } = {},
): Promise<void> {
  await worker.running(ref);
  const data = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  if (data.length > 0)
    await worker.link
      .timeout(10_000)
      .emitWithAck('output', { ...ref, from: 0, segments: [[data.length, 0, Date.now()]] }, data);
  const outputSha256 = createHash('sha256').update(data).digest('hex');
  await worker.finish(ref, { outputBytes: data.length, outputSha256, ...end });
}
