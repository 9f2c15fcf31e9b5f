import { setTimeout as sleep } from 'node:timers/promises';
import type { Page, RunView, SweepView } from '@mle/protocol';
import { install, type Installation, type Program, until } from '@mle/testing';
import { SeededRandom } from './seeded-random.js';

const KILLS = 12;
const SEEDS = 3;
const VALUES = [0.05, 0.1, 0.2, 0.5];
/** The same number for the same rate and seed, whenever it runs. */
const PROGRAM = `import os, random, time
rate = 0.05
random.seed(int(os.environ["MLE_SEED"]))
for epoch in range(1, 4):
    print(f"epoch {epoch} accuracy {0.5 + rate / 2 + random.random() / 100:.4f}", flush=True)
    time.sleep(0.5)
`;

describe('a Vary while everything dies', () => {
  let product: Installation;

  beforeAll(async () => {
    product = await install({ MLE_LOST_AFTER_SECONDS: '120' }, { workers: 2 });
  });
  afterAll(() => product?.stop());

  it('has each trial once, and ends as one that nobody disturbed @full', async () => {
    const random = new SeededRandom('a Vary while everything dies');
    const { client, api, redis, workers } = product;
    // Each in a project of its own: what the first has run the other would not run again.
    const begin = async (name: string) => {
      const { id: projectId } = await client.createProject(name);
      await client.putFile(projectId, 'train.py', PROGRAM);
      return client.json<SweepView>('POST', 'sweeps', {
        projectId,
        file: 'train.py',
        goal: { metric: 'accuracy', direction: 'max' },
        space: { rate: { values: VALUES.slice(1) } },
        seeds: SEEDS,
      });
    };
    const done = (id: string): Promise<SweepView> =>
      until(
        `the sweep ${id} is done`,
        async () => {
          // The server may be dead for a moment.
          const sweep = await client.json<SweepView>('GET', `sweeps/${id}`).catch(() => null);
          if (sweep?.state === 'failed' || sweep?.state === 'stopped') throw new Error(String(sweep.reason));
          return sweep?.state === 'done' && sweep;
        },
        600_000,
        200,
      );
    const undisturbed = await done((await begin('undisturbed')).id);
    const { id } = await begin('disturbed');
    for (let i = 0; i < KILLS; i++) {
      const part: Program = random.pick([api, redis, ...workers]);
      await sleep(random.between(0, 1_500));
      await part.kill('SIGKILL');
      await sleep(random.between(0, 1_000));
      await part.start();
    }
    const disturbed = await done(id);
    expect(disturbed.progress.runs).toMatchObject({ done: VALUES.length * SEEDS, failed: 0 });
    const { items } = await client.json<Page<RunView>>('GET', `runs?sweepId=${id}&limit=200`);
    const settings = items.map(({ params, seed }) => `${String(params['rate'])} ${seed}`).sort();
    expect(settings).toEqual([...new Set(settings)]);
    expect(settings).toHaveLength(VALUES.length * SEEDS);
    expect(items.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual(items.map(() => 'succeeded 1'));
    expect(disturbed.evidence.effects).toEqual(undisturbed.evidence.effects);
    expect(disturbed.evidence.sentence).toBe(undisturbed.evidence.sentence);
  });
});
