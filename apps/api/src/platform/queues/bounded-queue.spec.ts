import { BoundedQueue, QueueFull } from './bounded-queue.js';

/** Work that lasts until it is told to end. */
class Work {
  begun = false;
  end!: () => void;
  private readonly over = new Promise<void>((resolve) => (this.end = resolve));
  readonly run = (): Promise<void> => {
    this.begun = true;
    return this.over;
  };
}

const begun = (works: readonly Work[]): boolean[] => works.map((work) => work.begun);

describe('a bounded queue', () => {
  it('runs a few at a time, in order, and refuses what finds no room', async () => {
    const queue = new BoundedQueue(2, 1);
    const works = [new Work(), new Work(), new Work()];
    const results = works.map((work) => queue.run(work.run));
    await expect(queue.run(() => Promise.resolve())).rejects.toThrow(QueueFull);
    expect(begun(works)).toEqual([true, true, false]);
    works[1]?.end();
    await results[1];
    expect(begun(works)).toEqual([true, true, true]);
    const late = queue.run(() => Promise.resolve('there is room again'));
    for (const work of works) work.end();
    await Promise.all(results);
    expect(await late).toBe('there is room again');
  });

  it('goes on after work that failed', async () => {
    const queue = new BoundedQueue(1, 1);
    const failed = queue.run(() => Promise.reject(new Error('broken')));
    const next = queue.run(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('done');
    expect(await queue.run(() => Promise.resolve('again'))).toBe('again');
  });
});
