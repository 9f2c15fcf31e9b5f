import type { Goal, ParamValue } from '@mle/protocol';
import type { JudgedSetting, SeedOutcome } from './finding.js';
import { judge } from './judge.js';

const ACCURACY: Goal = { metric: 'accuracy', direction: 'max', at: 'last' };
const LOSS: Goal = { metric: 'loss', direction: 'min', at: 'last' };

const outcomes = (...endings: SeedOutcome['ending'][]): SeedOutcome[] =>
  endings.map((ending, seed) => ({ seed, ending, print: String(ending) }));
const setting = (value: ParamValue, ...endings: SeedOutcome['ending'][]): JudgedSetting => ({
  knob: 'learning_rate',
  from: 0.5,
  value,
  differs: [],
  outcomes: outcomes(...endings),
});

it('tells the mean difference with the half of its interval, and that nothing else differs', () => {
  const evidence = judge(ACCURACY, [setting(0.5, 0.93, 0.94, 0.95), setting(0.05, 0.85, 0.85, 0.87)]);
  expect(evidence).toMatchObject({
    metric: 'accuracy',
    at: 'last',
    baseline: { value: expect.closeTo(0.94), n: 3 },
    usesSeed: true,
    note: null,
    settle: null,
    sentence: 'learning_rate 0.5 → 0.05: accuracy −8.3 ± 1.4 points over 3 seeds; nothing else differs.',
  });
  const [effect] = evidence.effects;
  // By hand: differences −0.08, −0.09, −0.08; mean −0.083333, error 0.0033333, t 4.302653.
  expect(effect).toMatchObject({
    from: 0.5,
    to: 0.05,
    value: expect.closeTo(0.856667, 6),
    difference: expect.closeTo(-0.083333, 6),
    interval: [expect.closeTo(-0.097676, 6), expect.closeTo(-0.068991, 6)],
    n: 3,
    verdict: 'worse',
  });
});

it('less is better where the goal says so', () => {
  const { effects } = judge(LOSS, [setting(0.5, 0.9, 0.8, 0.7), setting(1, 0.51, 0.4, 0.29)]);
  expect(effects[0]).toMatchObject({ verdict: 'better' });
  expect(effects[0]?.sentence).toBe('learning_rate 0.5 → 1: loss −0.400 ± 0.025 over 3 seeds; nothing else differs.');
});

it('pairs by seed: what all seeds share is no noise, and a seed that one of them lacks does not count', () => {
  const baseline = setting(0.5, 0.2, 0.5, 0.8);
  const other = setting(1, 0.31, 0.6, 0.91, 0.1);
  expect(judge(ACCURACY, [baseline, other]).effects[0]).toMatchObject({
    n: 3,
    verdict: 'better',
    difference: expect.closeTo(0.10667, 4),
  });
  const shuffled = { ...other, outcomes: other.outcomes.toReversed() };
  const [effect] = judge(ACCURACY, [baseline, shuffled]).effects;
  expect(effect).toMatchObject({ n: 3, difference: expect.closeTo(0.10667, 4) });
});

it('without a common seed there is nothing to say', () => {
  const later = { ...setting(1), outcomes: [{ seed: 7, ending: 0.9, print: '' }] };
  expect(judge(ACCURACY, [setting(0.5, 0.8), later]).effects[0]).toMatchObject({
    n: 0,
    verdict: 'too few',
    difference: null,
    interval: null,
  });
});

it('one seed may be chance', () => {
  const evidence = judge(ACCURACY, [setting(0.5, 0.93), setting(5, 0.85)]);
  expect(evidence.effects[0]).toMatchObject({ verdict: 'too few', interval: null, n: 1 });
  expect(evidence.sentence).toBe('learning_rate 0.5 → 5: accuracy −8.0 points with one seed each; it may be chance.');
  expect(evidence.settle).toEqual({ seeds: 5, values: [0.5, 5] });
});

describe('within noise', () => {
  const baseline = setting(0.5, 0.93, 0.94, 0.95);
  it('is an interval that holds zero', () => {
    const evidence = judge(ACCURACY, [baseline, setting(1.6, 0.92, 0.95, 0.94)]);
    expect(evidence.effects[0]).toMatchObject({ verdict: 'within noise' });
    expect(evidence.sentence).toBe(
      'learning_rate 0.5 → 1.6: accuracy −0.3 ± 2.9 points over 3 seeds, within seed noise.',
    );
  });

  it('is what would be an effect alone and is none among many: more seeds are offered for it', () => {
    const near = setting(5, 0.922, 0.93, 0.935);
    expect(judge(ACCURACY, [baseline, near]).effects[0]).toMatchObject({ verdict: 'worse' });
    const noise = [1, 2, 3].map((value) => setting(value, 0.92, 0.95, 0.94));
    const evidence = judge(ACCURACY, [baseline, ...noise, near]);
    expect(evidence.effects.at(-1)).toMatchObject({
      verdict: 'within noise',
      sentence: expect.stringContaining('over 3 seeds, too close to tell.'),
    });
    expect(evidence.settle).toEqual({ seeds: 5, values: [0.5, 5] });
    expect(evidence.sentence).toBe('learning_rate: accuracy differs from that of 0.5 within seed noise alone.');
  });
});

describe('seeds without a number', () => {
  const baseline = setting(0.5, 0.93, 0.94, 0.95);
  it.each([
    [['nan', 0.99, 'nan'], 'worse', '2 of 3 became nan'],
    [['failed', 0.99, 0.99], 'worse', '1 of 3 failed'],
    [['failed', 'nan', 0.99], 'worse', '1 of 3 became nan, 1 failed'],
  ] as const)('%j is %s, without an interval', (endings, verdict, words) => {
    const { effects } = judge(ACCURACY, [baseline, setting(5, ...endings)]);
    expect(effects[0]).toMatchObject({ verdict, interval: null, difference: null, n: 3, value: null });
    expect(effects[0]?.sentence).toBe(`learning_rate 0.5 → 5: ${words}.`);
  });

  it('of the baseline speak for the other value, and of both for none', () => {
    const broken = setting(5, 'nan', 0.9, 'nan');
    expect(judge(ACCURACY, [broken, { ...baseline, from: 5 }]).effects[0]).toMatchObject({
      verdict: 'better',
      sentence: 'learning_rate 5 → 0.5: 2 of 3 became nan with 5, none with 0.5.',
    });
    expect(judge(ACCURACY, [broken, { ...setting(7, 'nan', 'nan', 0.9), from: 5 }]).effects[0]).toMatchObject({
      verdict: 'within noise',
      sentence: 'learning_rate 5 → 7: 2 of 3 became nan, and 2 of 3 became nan with 5.',
    });
  });
});

describe('no spread', () => {
  it('of a program that does not use the seed: identical numbers, which count as one', () => {
    const evidence = judge(ACCURACY, [setting(0.5, 0.9, 0.9, 0.9), setting(1, 0.8, 0.8, 0.8)]);
    expect(evidence.usesSeed).toBe(false);
    expect(evidence.note).toContain('Your program does not use the seed');
    expect(evidence.settle).toBeNull();
    expect(evidence.effects[0]).toMatchObject({
      verdict: 'too few',
      interval: [expect.closeTo(-0.1), expect.closeTo(-0.1)],
    });
    expect(evidence.sentence).toBe(
      'learning_rate 0.5 → 1: accuracy −10.0 points, identical numbers with each of 3 seeds; they count as one.',
    );
  });

  it('of differences alone is an effect, whose interval is the point', () => {
    const [effect] = judge(LOSS, [setting(0.5, 1, 2, 3), setting(1, 1.5, 2.5, 3.5)]).effects;
    expect(effect).toMatchObject({ verdict: 'worse', difference: 0.5, interval: [0.5, 0.5] });
    expect(effect?.sentence).toBe('learning_rate 0.5 → 1: loss +0.50 ± 0 over 3 seeds; nothing else differs.');
  });

  it('and no difference is within noise: no seed would settle it', () => {
    const evidence = judge(LOSS, [setting(0.5, 1, 2, 3), setting(1, 1, 2, 3)]);
    expect(evidence.effects[0]).toMatchObject({ verdict: 'within noise', interval: [0, 0], difference: 0 });
    expect(evidence.sentence).toBe('learning_rate 0.5 → 1: identical numbers of loss with each of 3 seeds.');
    expect(evidence.settle).toBeNull();
  });
});

it('nothing is claimed where something else differs', () => {
  const other = { ...setting(0.05, 0.8, 0.81, 0.8), differs: ['batch_size', 'code'] };
  const evidence = judge(ACCURACY, [setting(0.5, 0.93, 0.94, 0.95), other]);
  expect(evidence.effects[0]).toMatchObject({ verdict: 'confounded', differs: ['batch_size', 'code'] });
  expect(evidence.sentence).toBe(
    'learning_rate 0.5 → 0.05: nothing can be said of accuracy, because batch_size and code differ too.',
  );
});

it('the strongest is told first: what helps, before what harms more', () => {
  const evidence = judge(ACCURACY, [
    setting(0.5, 0.8, 0.81, 0.82),
    setting(5, 'nan', 'nan', 'nan'),
    setting(0.005, 0.3, 0.31, 0.33),
    setting(1, 0.9, 0.91, 0.925),
  ]);
  expect(evidence.effects.map(({ verdict }) => verdict)).toEqual(['worse', 'worse', 'better']);
  expect(evidence.sentence).toContain('learning_rate 0.5 → 1: accuracy +10.17 ± 0.72 points');
});
