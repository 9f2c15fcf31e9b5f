import { createHash, randomBytes } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptRef, OutputFrame } from '@mle/protocol';
import { type Parts, startParts } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { EventsService } from '../../src/platform/signals/events.service.js';
import { AttemptWriter } from '../../src/results/output/attempt-writer.js';
import { OutputRepository } from '../../src/results/output/output.repository.js';
import { OutputService } from '../../src/results/output/output.service.js';
import { OutputIngest, type Sender } from '../../src/results/output/output-ingest.service.js';
import { OutputRelay } from '../../src/results/output/output-relay.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

const yes: Sender = { machineId: 'a'.repeat(24), mayWrite: async () => true };
const no: Sender = { machineId: 'b'.repeat(24), mayWrite: async () => false };
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('stored output', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let ingest: OutputIngest;
  let output: OutputService;
  let repository: OutputRepository;
  let ref: AttemptRef;

  beforeAll(async () => {
    parts = await startParts();
    api = await startApi(parts);
    ingest = api.app.get(OutputIngest, { strict: false });
    output = api.app.get(OutputService, { strict: false });
    repository = api.app.get(OutputRepository, { strict: false });
  });
  afterAll(async () => {
    await api?.close();
    await parts?.stop();
  });
  beforeEach(() => {
    ref = { runId: randomBytes(12).toString('hex'), attempt: 1 };
  });

  const frame = (from: number, bytes: Buffer, stream = 0): [OutputFrame, Buffer] => [
    { ...ref, from, segments: [[bytes.length, stream, Date.now()]] },
    bytes,
  ];
  const text = (from: number, words: string, stream = 0) => frame(from, Buffer.from(words), stream);

  async function stored(from = 0, to = Number.MAX_SAFE_INTEGER, of = ref): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of output.read(of, { from, to, stream: null })) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  it('is there once it is acknowledged', async () => {
    expect(await ingest.accept(...text(0, 'hello '), yes)).toEqual({ ok: true, storedBytes: 6 });
    expect((await stored()).toString()).toBe('hello ');
    expect(await ingest.accept(...text(6, 'world'), yes)).toEqual({ ok: true, storedBytes: 11 });
    expect((await stored()).toString()).toBe('hello world');
  });

  it('trims what came before, and refuses a gap', async () => {
    await ingest.accept(...text(0, 'abcdef'), yes);
    expect(await ingest.accept(...text(3, 'defghi'), yes)).toEqual({ ok: true, storedBytes: 9 });
    expect(await ingest.accept(...text(0, 'abc'), yes)).toEqual({ ok: true, storedBytes: 9 });
    expect(await ingest.accept(...text(20, 'x'), yes)).toEqual({ ok: false, code: 'gap', expected: 9 });
    expect((await stored()).toString()).toBe('abcdefghi');
  });

  it('takes nothing of an attempt that is not the current one', async () => {
    expect(await ingest.accept(...text(0, 'x'), no)).toEqual({ ok: false, code: 'superseded' });
    expect(await stored()).toHaveLength(0);
  });

  it('takes nothing of a machine that did not win the attempt, however fresh the win is', async () => {
    ingest.open(ref, yes.machineId);
    expect(await ingest.accept(...text(0, 'x'), no)).toEqual({ ok: false, code: 'superseded' });
    expect(await ingest.accept(...text(0, 'mine'), yes)).toEqual({ ok: true, storedBytes: 4 });
    expect(await ingest.accept(...text(4, 'x'), no)).toEqual({ ok: false, code: 'superseded' });
    expect((await stored()).toString()).toBe('mine');
  });

  it('keeps which stream each byte came by', async () => {
    await ingest.accept(...text(0, 'out ', 0), yes);
    await ingest.accept(...text(4, 'err ', 1), yes);
    await ingest.accept(...text(8, 'out', 0), yes);
    const pieces: Buffer[] = [];
    for await (const piece of output.read(ref, { from: 0, to: 11, stream: 'stdout' })) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('out out');
    expect(await output.segments(ref, 2, 6)).toMatchObject([
      { offset: 2, length: 2, stream: 'stdout' },
      { offset: 4, length: 2, stream: 'stderr' },
    ]);
  });

  it('gives every range byte for byte, while small chunks are merged and after @full', async () => {
    const whole = randomBytes(1_500_000);
    let at = 0;
    const sends: Promise<unknown>[] = [];
    while (at < whole.length) {
      const length = Math.min(whole.length - at, 1 + Math.floor(Math.random() * 60_000));
      sends.push(ingest.accept(...frame(at, whole.subarray(at, at + length), at % 3), yes));
      at += length;
    }
    const checkRanges = async (): Promise<void> => {
      for (let i = 0; i < 30; i++) {
        const from = Math.floor(Math.random() * whole.length);
        const to = from + Math.floor(Math.random() * (whole.length - from));
        expect((await stored(from, to)).equals(whole.subarray(from, to))).toBe(true);
      }
    };
    await Promise.all(sends);
    await checkRanges();
    expect(await ingest.verify(ref, { outputBytes: whole.length, outputSha256: sha256(whole) })).toBeNull();
    ingest.close(ref);
    await checkRanges();
    expect((await stored()).equals(whole)).toBe(true);
  });

  it('compresses what is large when it comes, merges what is small, and leaves a last few bytes as they are', async () => {
    const whole = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `step ${i}: fine\n`).join(''));
    const length = 60_000;
    const sends: Promise<unknown>[] = [];
    for (let at = 0; at < whole.length; at += length)
      sends.push(ingest.accept(...frame(at, whole.subarray(at, at + length)), yes));
    await Promise.all(sends);
    await ingest.accept(...text(whole.length, 'end'), yes);
    ingest.close(ref);
    const chunks = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('output_chunks');
    const kept = (): Promise<unknown> =>
      chunks
        .find({ runId: ref.runId }, { projection: { _id: 0, codec: 1, to: 1 } })
        .sort({ from: 1 })
        .toArray();
    let rows = (await kept()) as { codec: string; to: number }[];
    while (rows.slice(0, -1).some(({ codec }) => codec === 'raw')) {
      await sleep(20);
      rows = (await kept()) as typeof rows;
    }
    expect(rows.at(-1)).toEqual({ codec: 'raw', to: whole.length + 3 });
    expect(rows.length).toBeLessThan(8);
    expect((await stored()).equals(Buffer.concat([whole, Buffer.from('end')]))).toBe(true);
  });

  it('reads through chunks that overlap, as a merge that was cut short leaves them', async () => {
    const whole = Buffer.from('0123456789abcdef');
    const chunk = (from: number, to: number) => ({
      from,
      to,
      data: whole.subarray(from, to),
      segments: [[to - from, 0, 1]] as [number, number, number][],
    });
    for (const [from, to] of [
      [0, 10],
      [4, 6],
      [6, 16],
      [8, 9],
    ] as const)
      await repository.append(ref, chunk(from, to));
    expect(await repository.end(ref)).toBe(whole.length);
    for (let from = 0; from < whole.length; from++)
      expect((await stored(from)).toString()).toBe(whole.subarray(from).toString());
  });

  it('takes everything again when the checksum differs', async () => {
    await ingest.accept(...text(0, 'wrong'), yes);
    expect(await ingest.verify(ref, { outputBytes: 5, outputSha256: sha256(Buffer.from('right')) })).toBe(0);
    await ingest.accept(...text(0, 'right'), yes);
    expect(await ingest.verify(ref, { outputBytes: 5, outputSha256: sha256(Buffer.from('right')) })).toBeNull();
    expect(await ingest.verify(ref, { outputBytes: 9, outputSha256: '' })).toBe(5);
  });

  it('knows the checksum also of what an earlier process stored', async () => {
    await ingest.accept(...text(0, 'before '), yes);
    ingest.close(ref);
    await ingest.accept(...text(7, 'after'), yes);
    expect(await ingest.verify(ref, { outputBytes: 12, outputSha256: sha256(Buffer.from('before after')) })).toBeNull();
  });

  it('acknowledges nothing while the store is down, and goes on where it was', async () => {
    await ingest.accept(...text(0, 'one '), yes);
    await parts.store.kill();
    const during = ingest.accept(...text(4, 'two '), yes);
    await parts.store.start();
    const reply = await during;
    const from = reply.ok ? reply.storedBytes : reply.code === 'gap' ? reply.expected : -1;
    expect([4, 8]).toContain(from);
    const whole = 'one two three';
    // The worker sends again from where it is told, as often as it is told.
    let last = await ingest.accept(...text(from, whole.slice(from)), yes);
    while (!last.ok && last.code === 'gap')
      last = await ingest.accept(...text(last.expected, whole.slice(last.expected)), yes);
    expect(last).toEqual({ ok: true, storedBytes: whole.length });
    expect((await stored()).toString()).toBe(whole);
  });

  it('stores nothing with a writer that failed: the offsets would be wrong', async () => {
    const other = { from: 0, to: 2, data: Buffer.from('aa'), segments: [[2, 0, 1]] as [number, number, number][] };
    await repository.append(ref, other);
    const writer = new AttemptWriter(ref, 0, repository, () => undefined);
    await expect(writer.write(...text(0, 'aabb'))).rejects.toThrow('another process');
    await repository.removeAttempt(ref);
    await expect(writer.write(...text(4, 'cc'))).rejects.toThrow('an earlier write');
    expect(await stored()).toHaveLength(0);
  });

  it('does not bring back by a merge what was deleted', async () => {
    await repository.append(ref, { from: 0, to: 10, data: Buffer.from('0123456789'), segments: [[10, 0, 1]] });
    await repository.merge(ref, 4, 8);
    await repository.merge({ ...ref, attempt: 2 }, 0, 0);
    const chunks = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('output_chunks');
    expect(await chunks.countDocuments({ runId: ref.runId })).toBe(1);
  });

  it('finds the end of a long output among its last chunks', async () => {
    const length = 512 * 1024;
    for (let i = 0; i < 12; i++) {
      await repository.append(ref, {
        from: i * length,
        to: (i + 1) * length,
        data: Buffer.alloc(length),
        segments: [[length, 0, 1]],
      });
    }
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    const filters: Record<string, unknown>[] = [];
    // The server asks for other things meanwhile.
    connection.set('debug', (collection: string, _method: string, filter: Record<string, unknown>) => {
      if (collection === 'output_chunks') filters.push(filter);
    });
    expect(await repository.end(ref)).toBe(12 * length);
    connection.set('debug', false);
    const last = filters.at(-1) ?? {};
    expect(last).toMatchObject({ ...ref, to: { $gt: 12 * length } });
    const { executionStats } = (await connection
      .collection('output_chunks')
      .find(last)
      .sort({ from: -1 })
      .limit(1)
      .explain('executionStats')) as { executionStats: { totalDocsExamined: number } };
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(2);
  });

  it('relays also what was stored while it read for an earlier notice', async () => {
    await ingest.accept(...text(0, 'abcdef'), yes);
    ingest.close(ref);
    const seen: string[] = [];
    const relay = new OutputRelay(repository, ingest, api.app.get(EventsService, { strict: false }));
    relay.start(
      (_frame, bytes) => seen.push(bytes.toString()),
      (of) => of.runId === ref.runId,
    );
    const events = api.app.get(EventsService, { strict: false });
    events.emit('output.stored', ref, 3);
    events.emit('output.stored', ref, 6);
    for (let i = 0; i < 200 && seen.join('').length < 6; i++) await sleep(10);
    expect(seen.join('')).toBe('abcdef');
  });

  it('keeps nothing of its waits while it follows', async () => {
    const { signal } = new AbortController();
    let looks = 0;
    let most = 0;
    const ended = async (): Promise<boolean> => {
      most = Math.max(most, getEventListeners(signal, 'abort').length);
      const now = looks++;
      // Notices wake the follower again and again, without any byte.
      setTimeout(() => api.app.get(EventsService, { strict: false }).emit('output.stored', ref, 0), 1);
      return now === 20;
    };
    for await (const piece of output.follow(ref, { from: 0, to: 1, stream: null }, ended, signal))
      expect(piece).toBeUndefined();
    expect(most).toBeLessThanOrEqual(1);
  });

  it('follows what comes until the end', async () => {
    let over = false;
    const seen: string[] = [];
    const following = (async () => {
      for await (const piece of output.follow(
        ref,
        { from: 0, to: Number.MAX_SAFE_INTEGER, stream: null },
        async () => over,
        new AbortController().signal,
      ))
        seen.push(piece.toString());
    })();
    await ingest.accept(...text(0, 'a'), yes);
    await ingest.accept(...text(1, 'b'), yes);
    over = true;
    await following;
    expect(seen.join('')).toBe('ab');
  });
});
