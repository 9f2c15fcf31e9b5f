import { HISTORY_MS, type LoadSample, sparkOf, withLoad } from './load-history';

const at = (ms: number, cpu = 0.5, gpu: number | null = null) => ({
  lastSeenAt: new Date(ms).toISOString(),
  load: { cpu, memory: 0, gpu },
});

it('keeps one load of each heartbeat for two minutes', () => {
  let samples: readonly LoadSample[] = [];
  for (const machine of [
    at(1000, 0.1),
    at(1000, 0.1),
    at(2000, 0.2, 0.9),
    { lastSeenAt: null, load: null },
    { ...at(3000), load: null },
  ])
    samples = withLoad(samples, machine);
  expect(samples).toEqual([
    { at: 1000, cpu: 0.1, gpu: null },
    { at: 2000, cpu: 0.2, gpu: 0.9 },
  ]);
  expect(withLoad(samples, at(1500))).toBe(samples);
  expect(withLoad(samples, at(1000 + HISTORY_MS, 0.3)).map(({ cpu }) => cpu)).toEqual([0.2, 0.3]);
});

it('draws values by their time with the newest at the right, and parts the line where the machine was silent', () => {
  const spark = sparkOf(
    [
      { at: 0, value: 0 },
      { at: 1000, value: 1 },
      { at: 60_000, value: 0.5 },
      { at: 61_000, value: null },
      { at: 119_000, value: 2 },
      { at: HISTORY_MS, value: 0.25 },
    ],
    120,
    20,
  );
  expect(spark?.line).toBe('M0 20L1 0M119 0L120 15');
  expect(spark?.area).toBe('M0 20L0 20L1 0L1 20zM119 20L119 0L120 15L120 20z');
});

it('draws nothing of a single value', () => {
  expect(sparkOf([{ at: 5, value: 0.5 }], 10, 10)).toBeNull();
  expect(sparkOf([], 10, 10)).toBeNull();
});
