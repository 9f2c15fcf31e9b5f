import type { InstanceView, MetricSeries, Money } from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { install, type Installation, until } from '@mle/testing';

const TRAINING = 'for epoch in range(3):\n    print(f"epoch {epoch} loss {1 / (epoch + 1):.3f}", flush=True)\n';

describe('an instance of EC2', () => {
  let simulator: Simulator;
  let product: Installation;

  beforeAll(async () => {
    simulator = await startSimulator({ machines: 'folder' });
    const { endpoint } = simulator;
    product = await install({ AWS_ENDPOINT_URL: endpoint });
    const { accessKeyId, secretAccessKey } = simulator.credentials;
    await product.client.json('PUT', 'settings/aws', { accessKeyId, secretAccessKey, region: simulator.region });
  });
  afterAll(async () => {
    await product?.stop();
    await simulator?.stop();
  });

  it('comes by a click, trains, and is gone @full', async () => {
    const { client } = product;
    const { items } = await client.json<{ items: InstanceView[] }>('POST', 'instances', {
      provider: 'aws',
      type: 't3.micro',
      name: 'trainer',
    });
    const id = items[0]?.id ?? '';
    const reaches = (state: string): Promise<InstanceView> =>
      until(`the instance is ${state}`, async () => {
        const instance = await client.json<InstanceView>('GET', `instances/${id}`);
        if (instance.state === 'failed') throw new Error(JSON.stringify(instance.problem));
        return instance.state === state ? instance : null;
      });
    const { machineId, phases } = await reaches('ready');
    expect(phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['requested', 'booting', 'ready']));
    const project = await client.createProject('in the cloud');
    await client.putFile(project.id, 'train.py', TRAINING);
    const { id: runId } = await client.startRun({
      projectId: project.id,
      file: 'train.py',
      target: { machineId: machineId ?? '' },
    });
    expect(await client.ended(runId)).toMatchObject({ state: 'succeeded', machineName: 'trainer' });
    const { series } = await client.json<{ series: MetricSeries[] }>('GET', `runs/${runId}/metrics`);
    expect(series.map(({ name, y }) => [name, y])).toEqual([['loss', [1, 0.5, 0.333]]]);
    const money = await client.json<Money>('GET', 'money');
    expect(money.byProject).toEqual([{ id: project.id, name: 'in the cloud', cost: expect.any(Number) }]);

    await client.json('DELETE', `instances/${id}`);
    const { reason, problem } = await reaches('terminated');
    expect({ reason, problem }).toEqual({ reason: 'Terminated by a person.', problem: null });
    expect((await client.json<Money>('GET', 'money')).perHour).toBe(0);
    await until('its machine is gone', async () => {
      const machines = await client.json<{ items: { name: string }[] }>('GET', 'machines');
      return machines.items.every(({ name }) => name !== 'trainer');
    });
    expect(await client.ended(runId)).toMatchObject({ state: 'succeeded' });
  });
});
