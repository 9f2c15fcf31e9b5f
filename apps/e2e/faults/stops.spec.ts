import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type RunState, type RunView } from '@mle/protocol';
import { Bed, FULL } from './bed.js';
import { SeededRandom } from './seeded-random.js';

describe('stops at random moments', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make({ MLE_STOP_GRACE_MS: '500', MLE_STOP_TERM_MS: '300' });
    await bed.product.client.json('PATCH', `machines/${(await bed.product.client.machine()).id}`, { slots: 4 });
  });
  afterAll(() => bed?.remove());

  it('end every run once, whatever it is doing and wherever its worker is', async () => {
    const random = new SeededRandom('stops at random moments');
    const { client, worker } = bed.product;
    const count = FULL ? 100 : 16;
    const runs: RunView[] = [];
    const stopAfter = async ({ id }: RunView, seconds: number, from: RunState[]): Promise<void> => {
      await client.until(id, ({ state }) => from.includes(state) || isTerminal(state), 60);
      await sleep(seconds * 1000);
      await client.stopRun(id);
    };
    const stops: Promise<void>[] = [];
    let away = Promise.resolve();
    for (let i = 0; i < count; i++) {
      const kind = random.pick(['soon', 'running', 'race', 'stubborn'] as const);
      // In the race the program ends by itself at about the moment of the stop.
      const seconds = kind === 'race' ? random.between(0, 0.5) : 60;
      const run = await bed.start({
        seconds,
        stubborn: kind === 'stubborn',
        stray: kind === 'stubborn',
        exit: kind === 'race' ? random.pick([0, 3]) : 0,
      });
      runs.push(run);
      if (kind === 'soon')
        stops.push(stopAfter(run, random.between(0, 0.2), ['queued', 'assigned', 'preparing', 'running']));
      else if (kind === 'race')
        stops.push(stopAfter(run, Math.max(0, seconds + random.between(-0.2, 0.4)), ['running']));
      else stops.push(stopAfter(run, random.between(0, 1.5), ['preparing', 'running']));
      if (i % 8 === 5) {
        await away;
        await worker.kill('SIGKILL');
        away = sleep(random.between(200, 2_000)).then(() => worker.start());
      }
      // The worker has four slots: what waits too long would be stopped in the queue only.
      if (i % 4 === 3) await Promise.all(stops);
      await sleep(random.between(0, 150));
    }
    await Promise.all([...stops, away]);
    const states = new Set<string>();
    for (const { id } of runs) {
      const run = await bed.oracle.check(id, { attempt: 1 }, 60);
      expect(['stopped', 'succeeded', 'failed']).toContain(run.state);
      states.add(run.startedAt === null ? `${run.state} before its start` : run.state);
    }
    // Both sides of the race, and both sides of the start.
    if (FULL) expect([...states]).toEqual(expect.arrayContaining(['stopped', 'stopped before its start', 'succeeded']));
  });
});
