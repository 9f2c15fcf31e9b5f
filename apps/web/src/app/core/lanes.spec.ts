import { Lanes } from './lanes';

const settle = () => new Promise((resolve) => setTimeout(resolve));

it('lets two works go on at once, and the others in their order, also after a failure', async () => {
  const lanes = new Lanes(2);
  const begun: number[] = [];
  const ends: ((failed: boolean) => void)[] = [];
  const results = [0, 1, 2, 3].map((n) =>
    lanes
      .run(() => {
        begun.push(n);
        return new Promise<number>((resolve, reject) =>
          ends.push((failed) => (failed ? reject(new Error('away')) : resolve(n))),
        );
      })
      .catch(() => -1),
  );
  await settle();
  expect(begun).toEqual([0, 1]);
  ends[1]?.(true);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.(false);
  ends[2]?.(false);
  await settle();
  ends[3]?.(false);
  expect(await Promise.all(results)).toEqual([0, -1, 2, 3]);
});
