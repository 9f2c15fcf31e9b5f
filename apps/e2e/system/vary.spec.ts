import type { Page, RunView, SweepView } from '@mle/protocol';
import { install, type Installation, until } from '@mle/testing';

/** Reads its seed where no knob of that name stands, and learns better with the rate 0.5. */
const PROGRAM = `import os, random
rate = 0.05
random.seed(int(os.environ["MLE_SEED"]))
for epoch in range(1, 4):
    print(f"epoch {epoch} accuracy {0.5 + rate / 2 + random.random() / 100:.4f}", flush=True)
`;

describe('a Vary with real programs on two machines', () => {
  let product: Installation;

  beforeAll(async () => {
    product = await install({}, { workers: 2 });
  });
  afterAll(() => product?.stop());

  it('runs each value with each seed once, and says what the knob did', async () => {
    const { client } = product;
    const { id: projectId } = await client.createProject('vary');
    await client.putFile(projectId, 'train.py', PROGRAM);
    const sweep = await client.json<SweepView>('POST', 'sweeps', {
      projectId,
      file: 'train.py',
      goal: { metric: 'accuracy', direction: 'max' },
      space: { rate: { values: [0.5, 0.2] } },
      seeds: 3,
    });
    const done = await until('it is done', async () => {
      const { state, reason, ...rest } = await client.json<SweepView>('GET', `sweeps/${sweep.id}`);
      if (state === 'failed' || state === 'stopped') throw new Error(`${state}: ${reason}`);
      return state === 'done' && { state, ...rest };
    });
    expect(done.progress.runs).toMatchObject({ done: 9, failed: 0, toCome: 0, total: 9 });
    expect(done.evidence.effects).toMatchObject([
      { from: 0.05, to: 0.5, n: 3, verdict: 'better' },
      { from: 0.05, to: 0.2, n: 3, verdict: 'better' },
    ]);
    const { items } = await client.json<Page<RunView>>('GET', `runs?sweepId=${sweep.id}&limit=100`);
    const settings = items.map(({ params, seed }) => `${String(params['rate'])} ${seed}`);
    expect(new Set(settings).size).toBe(9);
    expect(new Set(items.map(({ machineName }) => machineName)).size).toBe(2);
    // The list has one row for all of them.
    const folded = await client.json<Page<RunView>>('GET', `runs?projectId=${projectId}&folded=true`);
    expect(folded.items).toHaveLength(1);
    // The seeds of the code are there: a sweep of other values makes none of them again.
    const more = await client.json<SweepView>('POST', 'sweeps', {
      projectId,
      file: 'train.py',
      goal: { metric: 'accuracy', direction: 'max' },
      space: { rate: { values: [0.3] } },
      seeds: 3,
    });
    const ended = await until('it is done', async () => {
      const { state, ...rest } = await client.json<SweepView>('GET', `sweeps/${more.id}`);
      return state === 'done' && rest;
    });
    const seedsOfCode = items.filter(({ role }) => role === 'baseline').map(({ number }) => number);
    expect(ended.trials.filter(({ taken }) => taken).map(({ number }) => number)).toEqual(
      seedsOfCode.sort((a, b) => a - b),
    );
    expect(ended.trials).toHaveLength(6);
    expect(ended.evidence.effects).toMatchObject([{ from: 0.05, to: 0.3, n: 3, verdict: 'better' }]);
  });
});
