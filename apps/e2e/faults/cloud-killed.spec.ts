import { setTimeout as sleep } from 'node:timers/promises';
import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { InstanceList, InstanceView } from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { install, type Installation, until } from '@mle/testing';
import { SeededRandom } from './seeded-random.js';

/** The calls on the way from a request to a machine. */
const STEPS = [
  'DescribeVpcs',
  'DescribeSubnets',
  'GetParameter',
  'DescribeImages',
  'DescribeSecurityGroups',
  'CreateSecurityGroup',
  'RunInstances',
] as const;
const HELD_MS = 20_000;
const LAUNCHES = 50;
const AT_ONCE = 5;

describe('launches of a server that is killed', () => {
  let simulator: Simulator;
  let product: Installation;
  let ec2: EC2Client;

  beforeAll(async () => {
    simulator = await startSimulator({ machines: 'none', quotas: { 'L-1216C47A': 10_000 } });
    product = await install({ AWS_ENDPOINT_URL: simulator.endpoint });
    ec2 = new EC2Client(simulator.clientOptions);
    const { accessKeyId, secretAccessKey } = simulator.credentials;
    await product.client.json('PUT', 'settings/aws', { accessKeyId, secretAccessKey, region: simulator.region });
    await product.client.json('PUT', 'settings/budget', {
      instances: 64,
      dollarsPerHour: 1_000,
      dollarsPerMonth: 10_000,
    });
  });
  afterAll(async () => {
    ec2?.destroy();
    await product?.stop();
    await simulator?.stop();
  });

  const launch = (key: string, count = 1) =>
    product.client.request(
      'POST',
      'instances',
      { provider: 'aws', type: 't3.micro', count },
      { 'idempotency-key': key },
    );
  const living = async (): Promise<InstanceView[]> => {
    const { items } = await product.client.json<InstanceList>('GET', 'instances');
    return items.filter(({ endedAt }) => endedAt === null);
  };
  /** The instances that the machines of EC2 are which live, by their tags. */
  const machines = async (): Promise<string[]> => {
    const found = [];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, {}))
      for (const { Instances = [] } of Reservations) found.push(...Instances);
    return found
      .filter(({ State }) => !['shutting-down', 'terminated'].includes(State?.Name ?? ''))
      .map(({ Tags = [] }) => Tags.find(({ Key }) => Key === 'mle:instance')?.Value ?? 'nobody');
  };
  const restart = async (): Promise<void> => {
    await product.api.kill();
    await product.api.start();
  };
  /** Every instance has one machine, and every machine its instance. */
  const agree = (count: number): Promise<boolean> =>
    until(`there are ${count} instances, each with its machine`, async () => {
      const known = await living();
      const ids = known.map(({ id }) => id).sort();
      return (
        known.length === count &&
        known.every(({ state }) => state === 'booting') &&
        JSON.stringify((await machines()).sort()) === JSON.stringify(ids)
      );
    });
  const endAll = async (): Promise<void> => {
    for (const { id } of await living()) await product.client.json('DELETE', `instances/${id}`);
    await until('nothing is left', async () => (await living()).length === 0 && (await machines()).length === 0);
  };

  it.each(STEPS)('have one machine each, where it happens while %s goes on @full', async (action) => {
    await simulator.addFault({ action, delayMs: HELD_MS });
    const asked = launch(`at ${action}`).catch(() => undefined);
    await until('the call has come', async () => (await simulator.faults()).length === 0 || (await passedOver(action)));
    await restart();
    await asked;
    // Whoever asked repeats what was not answered.
    expect((await launch(`at ${action}`)).status).toBe(201);
    await agree(1);
    await simulator.clearFaults();
    await endAll();
  });

  /** The group is made once: later launches do not ask for it. */
  const passedOver = async (action: string): Promise<boolean> =>
    action === 'CreateSecurityGroup' && (await machines()).length > 0;

  it(`are ${LAUNCHES} in the end, whenever it happens @full`, async () => {
    const random = new SeededRandom('launches of a server that is killed');
    for (let i = 0; i < LAUNCHES / AT_ONCE; i++) {
      const asked = launch(`batch ${i}`, AT_ONCE).catch(() => undefined);
      await sleep(random.between(0, 2_500));
      await restart();
      await asked;
      expect((await launch(`batch ${i}`, AT_ONCE)).status).toBe(201);
    }
    await agree(LAUNCHES);
    await endAll();
  });
});
