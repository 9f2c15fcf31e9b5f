import { createHash, randomBytes } from 'node:crypto';
import type { AttemptRef, OutputFrame } from '@mle/protocol';
import { OutputIngest } from '../src/output/output-ingest.service.js';
import { OutputRepository } from '../src/output/output.repository.js';
import { OutputService } from '../src/output/output.service.js';
import { startApi, type ApiUnderTest } from './api.js';
import { startParts, type Parts } from './parts.js';

const yes = async (): Promise<boolean> => true;
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

  const frame = (from: number, bytes: Buffer, stream = 0): [OutputFrame, Buffer] => [{ ...ref, from, segments: [[bytes.length, stream, Date.now()]] }, bytes];
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
    expect(await ingest.accept(...text(0, 'x'), async () => false)).toEqual({ ok: false, code: 'superseded' });
    expect(await stored()).toHaveLength(0);
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

  it('gives every range byte for byte, while small chunks are merged and after', async () => {
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

  it('reads through chunks that overlap, as a merge that was cut short leaves them', async () => {
    const whole = Buffer.from('0123456789abcdef');
    const chunk = (from: number, to: number) => ({ from, to, data: whole.subarray(from, to), segments: [[to - from, 0, 1]] as [number, number, number][] });
    for (const [from, to] of [[0, 10], [4, 6], [6, 16], [8, 9]] as const) await repository.append(ref, chunk(from, to));
    expect(await repository.end(ref)).toBe(whole.length);
    for (let from = 0; from < whole.length; from++) expect((await stored(from)).toString()).toBe(whole.subarray(from).toString());
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
    while (!last.ok && last.code === 'gap') last = await ingest.accept(...text(last.expected, whole.slice(last.expected)), yes);
    expect(last).toEqual({ ok: true, storedBytes: whole.length });
    expect((await stored()).toString()).toBe(whole);
  });

  it('follows what comes until the end', async () => {
    let over = false;
    const seen: string[] = [];
    const following = (async () => {
      for await (const piece of output.follow(ref, { from: 0, to: Number.MAX_SAFE_INTEGER, stream: null }, async () => over, new AbortController().signal)) seen.push(piece.toString());
    })();
    await ingest.accept(...text(0, 'a'), yes);
    await ingest.accept(...text(1, 'b'), yes);
    over = true;
    await following;
    expect(seen.join('')).toBe('ab');
  });
});
