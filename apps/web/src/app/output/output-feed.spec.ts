import type { RunView } from '@mle/protocol';
import type { EventsSocket } from '../core/events-socket';
import type { OutputApi } from './output-api';
import { chunks, OutputFeed, piecesOf } from './output-feed';

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

describe('a feed', () => {
  it('is loading until the output that is stored is here', async () => {
    const run = { id: 'r', attempt: 1, outputBytes: 3 } as Partial<RunView> as RunView;
    const events = {
      connected: () => true,
      on: () => () => undefined,
      watch: () => Promise.resolve({ ok: true, attempt: 1, storedBytes: 3, run }),
    } as unknown as EventsSocket;
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const range = async () => {
      await asked;
      return { from: 0, bytes: bytes(3), segments: [{ offset: 0, length: 3, stream: 'stdout' as const, time: 1 }] };
    };
    const feed = new OutputFeed('r', events, { range } as unknown as OutputApi);
    feed.open();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(feed.loading()).toBe(true);
    answer();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([feed.loading(), feed.buffer.end]).toEqual([false, 3]);
  });
});
