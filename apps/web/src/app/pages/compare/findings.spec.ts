import type { Effect, Evidence, RunChange, RunView } from '@mle/protocol';
import { findingsOf } from './findings';

const run = (id: string, rate: number, seed = 0): RunView =>
  ({
    id,
    seed,
    projectId: 'p',
    file: 'train.py',
    command: null,
    snapshotId: 's',
    params: { rate },
    args: [],
    env: {},
  }) as unknown as RunView;
const change = (to: number): RunChange => ({ kind: 'knob', name: 'rate', from: 0.5, to });
const effect = (change: Partial<Effect>): Effect => ({
  knob: 'rate',
  from: 0.5,
  to: 5,
  value: 0.1,
  difference: 0.1,
  interval: null,
  n: 1,
  verdict: 'too few',
  differs: [],
  sentence: `rate 0.5 → ${change.to ?? 5}`,
  ...change,
});
const evidence = (effects: Effect[], change: Partial<Evidence> = {}): Evidence => ({
  metric: 'loss',
  direction: 'min',
  at: 'last',
  baseline: { value: 0.2, n: 1 },
  effects,
  usesSeed: null,
  note: null,
  settle: null,
  sentence: effects[0]?.sentence ?? '',
  ...change,
});
const [base, other] = [run('a', 0.5), run('b', 5)];
const others = [{ run: other, changes: [change(5)] }];

describe('what the evidence of compared runs says', () => {
  it('offers the seeds that are missing where one thing differs and seeds are too few', () => {
    const [finding] = findingsOf(evidence([effect({})]), base, others, [base, other, run('b1', 5, 1)]);
    expect(finding?.settle).toEqual({
      label: 'Again with 3 seeds',
      missing: [
        { id: 'b', seed: 2 },
        { id: 'a', seed: 1 },
        { id: 'a', seed: 2 },
      ],
    });
  });

  it('refuses where several things differ, and says which run would tell', () => {
    const confounded = effect({ verdict: 'confounded', differs: ['the code'] });
    expect(findingsOf(evidence([confounded]), base, others, [])).toEqual([
      {
        tone: 'warn',
        text: confounded.sentence,
        advice: 'A run that differs in rate alone would tell what that does.',
        settle: null,
      },
    ]);
  });

  it('begins with the strongest, and offers nothing where more seeds tell nothing', () => {
    const effects = [effect({ verdict: 'within noise', n: 3 }), effect({ to: 9, verdict: 'worse', n: 3 })];
    const found = findingsOf(evidence(effects, { sentence: 'rate 0.5 → 9' }), base, others, [base, other]);
    expect(found.map(({ text, settle }) => [text, settle])).toEqual([
      ['rate 0.5 → 9', null],
      ['rate 0.5 → 5', null],
    ]);
    expect(findingsOf(evidence([effect({})], { usesSeed: false }), base, others, [])[0]?.settle).toBeNull();
  });

  it('adds seeds to both where the server says that they may settle it', () => {
    const undecided = evidence([effect({ verdict: 'within noise', n: 3 })], { settle: { seeds: 5, values: [0.5, 5] } });
    const known = [0, 1, 2].flatMap((seed) => [run(`a${seed}`, 0.5, seed), run(`b${seed}`, 5, seed)]);
    const [finding] = findingsOf(undecided, base, others, known);
    expect(finding?.settle?.label).toBe('Add 5 seeds to both');
    expect(finding?.settle?.missing).toHaveLength(10);
  });
});
