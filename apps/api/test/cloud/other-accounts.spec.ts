import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { AwsCheck, InstanceList, InstanceTypes, InstanceView } from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { InstanceKeeper } from '../../src/cloud/instances/instance-keeper.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

/** A server with an administrator who has entered keys. */
interface Server {
  parts: Parts;
  api: ApiUnderTest;
  admin: Client;
}

let simulator: Simulator;
let ec2: EC2Client;
const servers: Server[] = [];

async function startServer(): Promise<Server> {
  const parts = await startParts();
  const { endpoint } = simulator;
  const api = await startApi(parts, {
    awsEndpoints: { ec2: endpoint, sts: endpoint, ssm: endpoint, quotas: endpoint, pricing: endpoint },
  });
  const admin = await api.signUp('ada');
  const { accessKeyId, secretAccessKey } = simulator.credentials;
  await admin.put('settings/aws', { accessKeyId, secretAccessKey, region: simulator.region });
  const server = { parts, api, admin };
  servers.push(server);
  return server;
}

afterEach(async () => {
  ec2?.destroy();
  for (const { api } of servers) await api.close();
  await Promise.all([simulator?.stop(), ...servers.map(({ parts }) => parts.stop())]);
  servers.length = 0;
});

const look = ({ api }: Server) => api.app.get(InstanceKeeper, { strict: false }).look('aws');
async function launch(server: Server): Promise<InstanceView> {
  const { body } = await server.admin.post<{ items: InstanceView[] }>('instances', {
    provider: 'aws',
    type: 't3.micro',
  });
  const id = body.items[0]?.id ?? '';
  return until('it boots', async () => {
    await look(server);
    const instance = (await server.admin.get<InstanceView>(`instances/${id}`)).body;
    return instance.state === 'booting' ? instance : null;
  });
}
async function terminate(server: Server, id: string): Promise<void> {
  await server.admin.delete(`instances/${id}`);
  await until('it has ended', async () => {
    await look(server);
    return (await server.admin.get<InstanceView>(`instances/${id}`)).body.endedAt !== null;
  });
}
/** Ids of the machines of EC2 that live. */
async function machines(): Promise<(string | undefined)[]> {
  const found = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, {}))
    for (const { Instances = [] } of Reservations) found.push(...Instances);
  return found
    .filter(({ State }) => !['shutting-down', 'terminated'].includes(State?.Name ?? ''))
    .map(({ InstanceId }) => InstanceId);
}

it('needs of EC2 no more than its basic calls: neither tokens, nor parameters, nor quotas, nor prices', async () => {
  simulator = await startSimulator({ machines: 'none', clientTokens: 'ignored' });
  ec2 = new EC2Client(simulator.clientOptions);
  for (const action of [
    'GetParameter',
    'GetServiceQuota',
    'GetProducts',
    'DescribeSpotPriceHistory',
    'DescribeInstanceTypes',
  ])
    await simulator.addFault({ action, code: 'InternalFailure', status: 500, count: null });
  const server = await startServer();
  const { items } = (await server.admin.get<AwsCheck>('instances/check')).body;
  expect(items.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['Quota, on demand', 'Quota, spot']);
  const types = (await server.admin.get<InstanceTypes>('instances/types?provider=aws')).body.items;
  expect(types.find(({ type }) => type === 't3.micro')).toMatchObject({ overQuota: false, spotPerHour: null });
  // Its answer is lost, and the same request launches a second one.
  await simulator.addFault({ action: 'RunInstances', cut: 'after' });
  const { id } = await launch(server);
  await until('one is left', async () => {
    await look(server);
    return (await machines()).length === 1;
  });
  await terminate(server, id);
  expect(await machines()).toEqual([]);
});

it('leaves the machines of another installation in the same account alone @full', async () => {
  simulator = await startSimulator({ machines: 'none' });
  ec2 = new EC2Client(simulator.clientOptions);
  const [one, another] = [await startServer(), await startServer()];
  const [first, second] = [await launch(one), await launch(another)];
  for (const server of [one, another]) {
    await look(server);
    const { items, notices } = (await server.admin.get<InstanceList>('instances')).body;
    expect({ notices, ids: items.map(({ providerId }) => providerId) }).toEqual({
      notices: [],
      ids: [server === one ? first.providerId : second.providerId],
    });
  }
  await terminate(one, first.id);
  expect(await machines()).toEqual([second.providerId]);
  await look(one);
  await terminate(another, second.id);
  expect(await machines()).toEqual([]);
});
