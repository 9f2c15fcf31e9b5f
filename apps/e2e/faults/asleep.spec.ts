import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceView, ProjectView } from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { install, type Installation, until } from '@mle/testing';

const HOUR_MS = 3_600_000;
/**
 * It stands still for longer than each timer waits that counts what has passed and not the time of day: 10 s of silence
 * on a dialled connection, 15 s until a run is lost, 15 s of the lease on EC2.
 */
const STILL_MS = 30_000;
/** Then every timer has had its turn on the new time of day, the slowest of them that could end a machine each minute. */
const LOOKS_MS = 70_000;
/** On the signal the time of day is an hour later, as where a laptop is opened again. */
const CLOCK = `
let ahead = 0;
const Real = Date;
globalThis.Date = class Date extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + ahead);
    else super(...given);
  }
  static now() {
    return Real.now() + ahead;
  }
};
process.on('SIGUSR2', () => (ahead = ${HOUR_MS}));
`;

describe('a server that sleeps for an hour', () => {
  let simulator: Simulator;
  let product: Installation;

  beforeAll(async () => {
    simulator = await startSimulator({ machines: 'folder' });
    const clock = `data:text/javascript,${encodeURIComponent(CLOCK)}`;
    product = await install(
      { AWS_ENDPOINT_URL: simulator.endpoint, MLE_LOST_AFTER_SECONDS: '15' },
      { nodeArgs: (part) => (part === 'api' ? ['--import', clock] : []) },
    );
    const { accessKeyId, secretAccessKey } = simulator.credentials;
    await product.client.json('PUT', 'settings/aws', { accessKeyId, secretAccessKey, region: simulator.region });
  });
  afterAll(async () => {
    await product?.stop();
    await simulator?.stop();
  });

  const instance = (id: string): Promise<InstanceView> => product.client.json<InstanceView>('GET', `instances/${id}`);
  const ready = (id: string): Promise<InstanceView> =>
    until('the instance is ready', async () => {
      const now = await instance(id);
      return now.state === 'ready' ? now : null;
    });
  const launch = async (way: 'dial' | 'join'): Promise<InstanceView> => {
    const request = { provider: 'aws', type: 't3.micro', way, name: way, idleMinutes: 15 };
    const { items } = await product.client.json<{ items: InstanceView[] }>('POST', 'instances', request);
    return ready(items[0]?.id ?? '');
  };

  it('loses no run and ends no machine of EC2, which joined or is dialled, though one may be idle for 15 minutes only @full', async () => {
    const { client, api, folder } = product;
    const machines = await Promise.all([launch('dial'), launch('join')]);
    const go = join(folder, 'go');
    const { id: projectId } = await client.createProject('asleep');
    await client.putFile(projectId, 'wait.sh', `echo begun\nwhile [ ! -e ${go} ]; do sleep 0.2; done\necho done\n`);
    const runs: string[] = [];
    for (const { machineId } of machines) {
      const target = { machineId: machineId ?? '' };
      runs.push((await client.startRun({ projectId, file: 'wait.sh', target })).id);
    }
    for (const id of runs) await client.until(id, ({ state }) => state === 'running');
    const before = (await simulator.calls()).length;

    api.signal('SIGSTOP');
    await sleep(STILL_MS);
    await simulator.advanceClock(HOUR_MS);
    api.signal('SIGUSR2');
    api.signal('SIGCONT');
    await sleep(LOOKS_MS);

    const { createdAt } = await client.json<ProjectView>('POST', 'projects', { name: 'after the hour' });
    expect(Date.parse(createdAt) - Date.now()).toBeGreaterThan(0.9 * HOUR_MS);
    for (const id of runs) expect(await client.run(id)).toMatchObject({ state: 'running', attempt: 1 });
    await writeFile(go, '');
    for (const id of runs) {
      expect(await client.ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect((await client.output(id, '?stream=stdout')).toString()).toBe('begun\ndone\n');
    }
    for (const { id, machineId } of machines)
      expect(await ready(id)).toMatchObject({ machineId, endedAt: null, problem: null });
    const calls = (await simulator.calls()).slice(before).map(({ action }) => action);
    expect(calls).toContain('DescribeInstances');
    expect(calls.filter((action) => /^(?:Terminate|Stop|Reboot)Instances$/.test(action))).toEqual([]);
  });
});
