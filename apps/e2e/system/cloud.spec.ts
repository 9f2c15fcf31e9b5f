import { spawnSync } from 'node:child_process';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type InstanceView,
  type LaunchInstances,
  type MachineView,
  type MetricSeries,
  type Money,
  type Problem,
  VERSION,
} from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { type Client, install, type Installation, until } from '@mle/testing';

const TRAINING = 'for epoch in range(3):\n    print(f"epoch {epoch} loss {1 / (epoch + 1):.3f}", flush=True)\n';

/** The server has another address from now on: only that one is let in to the machines that it dials. */
async function movesTo(ownAddress: string, client: Client, ec2: EC2Client): Promise<void> {
  await client.json('PUT', 'settings/aws/reach', { ownAddress });
  await until('only the new address of the server is let in', async () => {
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    const dialled = SecurityGroups.find(({ GroupName = '' }) => GroupName.endsWith('-dial'));
    const ranges = dialled?.IpPermissions?.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp));
    return JSON.stringify(ranges) === JSON.stringify([`${ownAddress}/32`]);
  });
}

describe('an instance of EC2', () => {
  let simulator: Simulator;
  let product: Installation;
  let ec2: EC2Client;
  let projectId: string;

  beforeAll(async () => {
    simulator = await startSimulator({ machines: 'folder' });
    product = await install({ AWS_ENDPOINT_URL: simulator.endpoint });
    ec2 = new EC2Client(simulator.clientOptions);
    const { client } = product;
    const { accessKeyId, secretAccessKey } = simulator.credentials;
    await client.json('PUT', 'settings/aws', { accessKeyId, secretAccessKey, region: simulator.region });
    projectId = (await client.createProject('in the cloud')).id;
    await client.putFile(projectId, 'train.py', TRAINING);
  });
  afterAll(async () => {
    ec2?.destroy();
    await product?.stop();
    await simulator?.stop();
  });

  const launch = async (more: Partial<LaunchInstances>): Promise<string> => {
    const request = { provider: 'aws', type: 't3.micro', ...more };
    const { items } = await product.client.json<{ items: InstanceView[] }>('POST', 'instances', request);
    return items[0]?.id ?? '';
  };
  const reaches = (id: string, state: string): Promise<InstanceView> =>
    until(`the instance is ${state}`, async () => {
      const instance = await product.client.json<InstanceView>('GET', `instances/${id}`);
      if (instance.state === 'failed') throw new Error(JSON.stringify(instance.problem));
      return instance.state === state ? instance : null;
    });
  /** Trains on the instance; its run. */
  const train = async ({ machineId }: InstanceView): Promise<string> => {
    const target = { machineId: machineId ?? '' };
    const { id } = await product.client.startRun({ projectId, file: 'train.py', target });
    expect((await product.client.ended(id)).state).toBe('succeeded');
    return id;
  };
  const terminate = async (id: string): Promise<void> => {
    await product.client.json('DELETE', `instances/${id}`);
    const { reason, problem } = await reaches(id, 'terminated');
    expect({ reason, problem }).toEqual({ reason: 'Terminated by a person.', problem: null });
    await until('its machine is gone', async () => {
      const { items } = await product.client.json<{ items: unknown[] }>('GET', 'machines');
      return items.length === 1;
    });
  };

  it('comes by a click, trains, and is gone @full', async () => {
    const { client } = product;
    const id = await launch({ name: 'trainer' });
    const ready = await reaches(id, 'ready');
    expect(ready.way).toBe('join');
    // Those between are passed unseen by a machine that is quicker than the next look at EC2.
    expect(ready.phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['requested', 'ready']));
    const runId = await train(ready);
    const { series } = await client.json<{ series: MetricSeries[] }>('GET', `runs/${runId}/metrics`);
    expect(series.map(({ name, y }) => [name, y])).toEqual([['loss', [1, 0.5, 0.333]]]);

    // Its worker is gone: the machine boots once more where a person says so, and what keeps it from that is said.
    await simulator.run(ready.providerId ?? '', 'systemctl stop mle-worker.service');
    await reaches(id, 'connecting');
    await simulator.addFault({ action: 'RebootInstances', code: 'UnauthorizedOperation' });
    const refused = await client.post<Problem>(`instances/${id}/restart`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'aws.reboot' } });
    expect(refused.body.detail).toContain('Give their user the permission');
    await simulator.clearFaults();
    expect((await client.post(`instances/${id}/restart`)).status).toBe(200);
    await train(await reaches(id, 'ready'));
    expect(await client.post(`instances/${id}/restart`)).toMatchObject({ body: { code: 'instance.not_silent' } });
    const money = await client.json<Money>('GET', 'money');
    expect(money.byProject).toEqual([{ id: projectId, name: 'in the cloud', cost: expect.any(Number) }]);
    await terminate(id);
    expect((await client.json<Money>('GET', 'money')).perHour).toBe(0);
    expect(await client.ended(runId)).toMatchObject({ state: 'succeeded', machineName: 'trainer' });
  });

  it('that cannot reach the server is dialled, also after a restart of either and at a new address @full', async () => {
    const { client, api } = product;
    const id = await launch({ name: 'dialled', way: 'dial' });
    const first = await reaches(id, 'ready');
    expect(first).toMatchObject({ way: 'dial', address: expect.stringMatching(/^127\./) });
    await train(first);
    // What its user-data knows opens nothing any more.
    const { stdout } = await simulator.run(first.providerId ?? '', 'ls -A "$MLE_ROOT/opt/mle"');
    expect(stdout).toContain('worker.mjs');
    expect(stdout).not.toMatch(/receive\.(pem|token)/);

    await api.kill();
    await api.start();
    await train(await reaches(id, 'ready'));

    await client.json('POST', `instances/${id}/stop`);
    await reaches(id, 'stopped');
    await client.json('POST', `instances/${id}/start`);
    const second = await reaches(id, 'ready');
    expect(second.machineId).toBe(first.machineId);
    expect(second.address).not.toBe(first.address);
    await train(second);

    await movesTo('198.51.100.7', client, ec2);
    await terminate(id);
  });
});

/** Networks of their own need rights that a computer may not give: then these count as skipped. */
const hasNetworks = spawnSync('unshare', ['--user', '--map-root-user', '--net', 'true']).status === 0;

(hasNetworks ? it : it.skip)(
  'an instance from which no route leads to the server is dialled, also after a start of the server, at a new address of either, and with an older worker @full',
  async () => {
    const simulator = await startSimulator({ machines: 'namespaces', host: 'apart' });
    const product = await install({ AWS_ENDPOINT_URL: simulator.endpoint });
    const ec2 = new EC2Client(simulator.clientOptions);
    const { client, api } = product;
    try {
      const { accessKeyId, secretAccessKey } = simulator.credentials;
      await client.json('PUT', 'settings/aws', { accessKeyId, secretAccessKey, region: simulator.region });
      const { id: projectId } = await client.createProject('behind a router');
      await client.putFile(projectId, 'train.py', TRAINING);
      const request = { provider: 'aws', type: 't3.micro', way: 'dial' };
      const [launched] = (await client.json<{ items: InstanceView[] }>('POST', 'instances', request)).items;
      const state = async () => (await client.json<InstanceView>('GET', `instances/${launched?.id ?? ''}`)).state;
      const ready = (): Promise<InstanceView> =>
        until('the instance is ready', async () => {
          const instance = await client.json<InstanceView>('GET', `instances/${launched?.id ?? ''}`);
          if (instance.state === 'failed') throw new Error(JSON.stringify(instance.problem));
          return instance.state === 'ready' ? instance : null;
        });
      const { machineId, providerId } = await ready();
      const asked = await simulator.run(providerId ?? '', `curl -sS -m 5 ${client.url}/healthz`);
      expect(asked).toMatchObject({ code: 7, stdout: '' });
      const { address } = await ready();
      const before: (() => Promise<void>)[] = [
        async () => undefined,
        async () => {
          await api.kill();
          await api.start();
        },
        async () => {
          await client.json('POST', `instances/${launched?.id ?? ''}/stop`);
          await until('it is stopped', async () => (await state()) === 'stopped');
          await client.json('POST', `instances/${launched?.id ?? ''}/start`);
          expect((await ready()).address).not.toBe(address);
        },
        () => movesTo('198.51.100.8', client, ec2),
        async () => {
          // An older worker, as before an upgrade of the server. It alone writes what it takes over itself.
          const worker = '/opt/mle/taken/worker/worker.mjs';
          const isOlder = async () => (await simulator.run(providerId ?? '', `grep -q '"0.0.9"' ${worker}`)).code === 0;
          await simulator.run(providerId ?? '', `sed -i 's/"${VERSION}"/"0.0.9"/' ${worker}`);
          expect(await isOlder()).toBe(true);
          await simulator.run(providerId ?? '', 'systemctl restart mle-worker.service');
          await until('it has taken the worker of the server', async () => {
            if (await isOlder()) return false;
            const { items } = await client.json<{ items: MachineView[] }>('GET', 'machines');
            const machine = items.find(({ id }) => id === machineId);
            return machine?.state === 'online' && machine.version === VERSION;
          });
        },
      ];
      for (const happens of before) {
        await happens();
        await ready();
        const target = { machineId: machineId ?? '' };
        const { id } = await client.startRun({ projectId, file: 'train.py', target });
        expect((await client.ended(id)).state).toBe('succeeded');
        expect((await client.output(id)).toString()).toContain('epoch 2 loss 0.333');
      }
    } finally {
      ec2.destroy();
      await product.stop();
      await simulator.stop();
    }
  },
);
