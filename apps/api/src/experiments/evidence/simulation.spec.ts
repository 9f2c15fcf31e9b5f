import { judge } from './judge.js';
import { pairedDifference } from './paired-difference.js';

/** The same numbers each time: mulberry32. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller's. */
function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const EFFECT = 0.3;

/** How often the interval holds the true mean of differences. */
function coverage(draws: number, n: number, difference: () => number, trueMean: number): number {
  let held = 0;
  for (let draw = 0; draw < draws; draw++) {
    const found = pairedDifference(Array.from({ length: n }, () => [0, difference()] as const));
    const [low, high] = found?.interval ?? [1, 0];
    if (low <= trueMean && trueMean <= high) held++;
  }
  return held / draws;
}

/** How many of all Varies of 4 values without effect claim one. */
function falseClaims(varies: number, n: number): number {
  const gauss = normal(uniform(1_000 + n));
  let wrong = 0;
  for (let draw = 0; draw < varies; draw++) {
    const luck = Array.from({ length: n }, () => 2 * gauss());
    const settings = [0.5, 0.05, 0.16, 1.6].map((value) => ({
      knob: 'learning_rate',
      from: 0.5,
      value,
      differs: [],
      outcomes: luck.map((shared, seed) => ({ seed, ending: shared + gauss(), print: `${draw} ${value} ${seed}` })),
    }));
    const { effects } = judge({ metric: 'loss', direction: 'min', at: 'last' }, settings);
    if (effects.some(({ verdict }) => verdict === 'better' || verdict === 'worse')) wrong++;
  }
  return wrong / varies;
}

describe.each([
  ['a few draws', 2_000, 400],
  ['all draws @full', 10_000, 10_000],
])('by simulation, %s', (_name, draws, varies) => {
  it.each([3, 5, 10])('the interval of %i seeds holds the true difference about 95 times of 100', (n) => {
    const gauss = normal(uniform(n));
    const share = coverage(draws, n, () => EFFECT + gauss(), EFFECT);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  // As skewed as waiting times: 2.
  it.each([3, 5, 10])('with skewed differences the interval of %i seeds holds it less often, by some points', (n) => {
    const random = uniform(100 + n);
    const share = coverage(draws, n, () => -Math.log(1 - random()), 1);
    expect(share).toBeGreaterThan(0.86);
    expect(share).toBeLessThan(0.94);
  });

  it.each([3, 5])('of 100 Varies of 4 values without effect at most 6 claim one, with %i seeds', (n) => {
    expect(falseClaims(varies, n)).toBeLessThanOrEqual(0.06);
  });
});
