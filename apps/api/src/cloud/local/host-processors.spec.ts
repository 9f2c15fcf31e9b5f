import { availableParallelism } from 'node:os';
import { hostProcessors, leastTaken, localTypes } from './host-processors.js';

it('reads which processors may be used', () => {
  expect(hostProcessors('Name:\tnode\nCpus_allowed_list:\t0-2,8,10-11\nMems:\t0\n')).toEqual([0, 1, 2, 8, 10, 11]);
  expect(hostProcessors('Name:\tnode\n')).toBeNull();
});

it('gives each instance the processors that the fewest others have', () => {
  const host = [0, 1, 2, 3];
  expect(leastTaken(host, [], 2)).toEqual([0, 1]);
  expect(leastTaken(host, [0, 1], 2)).toEqual([2, 3]);
  expect(leastTaken(host, [0, 1, 2], 2)).toEqual([0, 3]);
  expect(leastTaken(host, [0, 0, 1, 2, 3], 1)).toEqual([1]);
});

it('divides this computer down to one processor', () => {
  const types = localTypes();
  expect(types.at(-1)?.cpus).toBe(availableParallelism());
  expect(types[0]).toMatchObject({ type: 'local-1', cpus: 1, pricePerHour: 0 });
});
