import { stepsOf } from './axis-steps';

it('epochs are told in whole numbers, times in whole parts of a minute or an hour', () => {
  expect(stepsOf(false, true).slice(0, 6)).toEqual([1, 2, 5, 10, 20, 25]);
  expect(stepsOf(false, false)).toEqual(expect.arrayContaining([0.001, 0.0025, 0.5, 1, 2.5]));
  expect(stepsOf(true, true)).toEqual(expect.arrayContaining([15, 60, 3600]));
});
