import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineView, Page, RunView } from '@mle/protocol';
import type { Program } from '@mle/testing';
import { Bed, FULL } from './bed.js';
import { Follower } from './follower.js';
import { SeededRandom } from './seeded-random.js';
import { digest } from './witness.js';

const RUNS = FULL ? 300 : 12;
const KILLS = FULL ? 100 : 6;
const WORKERS = 3;

describe('runs while everything dies', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make({ MLE_LOST_AFTER_SECONDS: '120' }, { workers: WORKERS });
  });
  afterAll(() => bed?.remove());

  it(`start once and end whole: ${RUNS} runs on ${WORKERS} workers, ${KILLS} kills`, async () => {
    const random = new SeededRandom('runs while everything dies');
    const { client, workers, api, redis, store } = bed.product;
    const { items: machines } = await client.json<Page<MachineView>>('GET', 'machines');
    for (const { id } of machines) await client.json('PATCH', `machines/${id}`, { slots: 3 });

    let killing = true;
    const kills = (async (): Promise<void> => {
      const dead = new Map<Program, Promise<void>>();
      for (let i = 0; i < KILLS; i++) {
        const part = random.pick([...workers, api, redis, store]);
        await dead.get(part);
        await part.kill('SIGKILL');
        dead.set(
          part,
          sleep(random.between(0, 1_500)).then(() => part.start()),
        );
        await sleep(random.between(0, 1_000));
      }
      await Promise.all(dead.values());
      killing = false;
    })();

    const followers = new Map<string, Follower>();
    const planned: { run: RunView; exit: number }[] = [];
    for (let i = 0; i < RUNS; i++) {
      const exit = random.pick([0, 0, 0, 3]);
      const machine = random.pick(machines);
      const run = await bed.insist({ seconds: random.between(0, 2), exit }, { target: { machineId: machine.id } });
      planned.push({ run, exit });
      if (i % 10 === 0) followers.set(run.id, new Follower(client, run.id));
      // Spread over the time of the kills.
      if (killing) await sleep(random.between(0, (KILLS * 1_000) / RUNS));
    }
    await kills;
    for (const { run, exit } of planned) {
      const ended = await bed.oracle.check(
        run.id,
        { state: exit === 0 ? 'succeeded' : 'failed', exitCode: exit, attempt: 1 },
        240,
      );
      const followed = await followers.get(run.id)?.whole();
      if (followed) expect((await digest([followed])).sha256).toBe(ended.outputSha256);
    }
  });
});
