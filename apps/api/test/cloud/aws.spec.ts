import { cpSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  EC2Client,
  paginateDescribeInstances,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { AwsCheck, AwsSettingsView, InstanceList, InstanceTypes, InstanceView, Money } from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { InstanceKeeper } from '../../src/cloud/instances/instance-keeper.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let simulator: Simulator;
let api: ApiUnderTest;
let ada: Client;
let ec2: EC2Client;

beforeAll(async () => {
  [parts, simulator] = await Promise.all([startParts(), startSimulator({ machines: 'none' })]);
  const { endpoint } = simulator;
  api = await startApi(parts, {
    awsEndpoints: { ec2: endpoint, sts: endpoint, ssm: endpoint, quotas: endpoint, pricing: endpoint },
  });
  ada = await api.signUp('ada');
  ec2 = new EC2Client(simulator.clientOptions);
});
afterAll(async () => {
  ec2?.destroy();
  await api?.close();
  await Promise.all([simulator?.stop(), parts?.stop()]);
});
afterEach(async () => {
  await simulator.clearFaults();
  for (const { id, endedAt } of (await list()).items) if (!endedAt) await terminate(id);
});

const list = async (): Promise<InstanceList> => (await ada.get<InstanceList>('/api/v1/instances')).body;
const get = async (id: string): Promise<InstanceView> => (await ada.get<InstanceView>(`/api/v1/instances/${id}`)).body;
const launch = async (more: object = {}): Promise<InstanceView> => {
  const { status, body } = await ada.post<{ items: InstanceView[] }>('/api/v1/instances', { provider: 'aws', ...more });
  const [instance] = body.items ?? [];
  if (status !== 201 || !instance) throw new Error(JSON.stringify(body));
  return instance;
};
const reaches = (id: string, state: string): Promise<InstanceView> =>
  until(`the instance is ${state}`, async () => {
    await api.app.get(InstanceKeeper, { strict: false }).look('aws');
    const instance = await get(id);
    return instance.state === state ? instance : null;
  });
const terminate = async (id: string): Promise<InstanceView> => {
  await ada.delete(`/api/v1/instances/${id}`);
  return until('it has ended', async () => {
    await api.app.get(InstanceKeeper, { strict: false }).look('aws');
    const instance = await get(id);
    return instance.endedAt ? instance : null;
  });
};
/** The machines of EC2 that live. */
const machines = async () => {
  const found = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, {}))
    for (const { Instances = [] } of Reservations) found.push(...Instances);
  return found.filter(({ State }) => !['shutting-down', 'terminated'].includes(State?.Name ?? ''));
};

it('keeps keys sealed and never shows them again, for administrators', async () => {
  expect((await ada.post('/api/v1/instances', { provider: 'aws' })).body).toMatchObject({ code: 'aws.no_keys' });
  const { accessKeyId, secretAccessKey } = simulator.credentials;
  const put = await ada.put<AwsSettingsView>('/api/v1/settings/aws', {
    accessKeyId,
    secretAccessKey,
    region: 'us-east-1',
  });
  expect(put).toMatchObject({
    status: 200,
    body: { configured: true, accessKeyId: `…${accessKeyId.slice(-4)}`, region: 'us-east-1', simulated: true },
  });
  expect(JSON.stringify(put.body)).not.toContain(secretAccessKey);
  expect((await ada.put('/api/v1/settings/aws', { accessKeyId, region: 'us-east-1' })).status).toBe(400);
  const bob = await api.signUp('bob');
  expect((await bob.get('/api/v1/settings/aws')).status).toBe(403);
  expect((await bob.post('/api/v1/instances', { provider: 'aws' })).status).toBe(403);
  expect((await list()).providers).toEqual(['aws']);
});

it('checks what a launch needs line by line, and launches nothing', async () => {
  const { items } = (await ada.get<AwsCheck>('/api/v1/instances/check')).body;
  expect(items.map(({ name }) => name)).toEqual([
    ...['Identity', 'Region', 'Image', 'Network', 'Launch', 'Terminate'],
    ...['Quota, on demand', 'Quota, spot', 'Address'],
  ]);
  expect(items.filter(({ ok }) => !ok)).toEqual([]);
  expect(await machines()).toEqual([]);
  await simulator.addFault({ action: 'RunInstances', code: 'UnauthorizedOperation', dryRun: true });
  await simulator.addFault({ action: 'GetServiceQuota', code: 'AccessDeniedException', count: 2 });
  const refused = (await ada.get<AwsCheck>('/api/v1/instances/check')).body.items.filter(({ ok }) => !ok);
  expect(refused.map(({ name }) => name)).toEqual(['Launch', 'Quota, on demand', 'Quota, spot']);
  expect(refused[0]?.sentence).toContain('Give their user the permission');
});

it('lists types with what they cost, and takes the smallest of the free tier', async () => {
  const { items, pricedAt } = (await ada.get<InstanceTypes>('/api/v1/instances/types?provider=aws')).body;
  expect(pricedAt).toBe(new Date().toISOString().slice(0, 10));
  expect(items.find(({ type }) => type === 'g4dn.xlarge')).toMatchObject({
    cpus: 4,
    gpu: { name: 'T4' },
    pricePerHour: 0.526,
    spotPerHour: expect.any(Number),
  });
  expect(items.find(({ type }) => type === 'p5.48xlarge')).toMatchObject({ overQuota: true });
  const instance = await launch();
  expect(items.find(({ type }) => type === instance.type)).toMatchObject({ freeTier: true });
});

it('takes the prices of each region from the list of AWS, and those of the table where it is refused', async () => {
  const offer = async (region: string) =>
    (await ada.get<InstanceTypes>(`/api/v1/instances/types?provider=aws&region=${region}`)).body;
  const frankfurt = await offer('eu-central-1');
  expect(frankfurt).toMatchObject({ region: 'eu-central-1', factor: 1 });
  expect(frankfurt.items.find(({ type }) => type === 'g4dn.xlarge')?.pricePerHour).toBeCloseTo(0.526 * 1.15);
  expect(frankfurt.diskPerGbHour).toBeCloseTo((0.08 * 1.15) / 730);
  const { pricePerHour, id } = await launch({ type: 't3.micro', region: 'eu-central-1', diskGb: 20 });
  expect(pricePerHour).toBeCloseTo(0.0104 * 1.15 + 0.005 + (20 * 0.08 * 1.15) / 730);
  await terminate(id);
  await simulator.addFault({ action: 'GetProducts', code: 'AccessDeniedException', count: null });
  const ireland = await offer('eu-west-1');
  expect(ireland).toMatchObject({ pricedAt: '2026-07-20', factor: 1.7 });
  expect(ireland.items.find(({ type }) => type === 'g4dn.xlarge')?.pricePerHour).toBeCloseTo(0.526 * 1.7);
});

it('launches what cannot be forgotten, and terminates it', async () => {
  const { id } = await launch({ type: 't3.micro', diskGb: 20 });
  const { providerId, zone, pricePerHour } = await reaches(id, 'booting');
  expect(pricePerHour).toBeCloseTo(0.0104 + 0.005 + (20 * 0.08) / 730);
  const [machine] = await machines();
  expect(machine).toMatchObject({
    InstanceId: providerId,
    Placement: { AvailabilityZone: zone },
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
  });
  const tags = Object.fromEntries((machine?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  expect(tags).toMatchObject({
    'mle:instance': id,
    'mle:expires': expect.any(String),
    'mle:server': expect.any(String),
  });
  expect(tags['mle:installation']).toMatch(/^[0-9a-f]{16}$/);
  await ada.post(`/api/v1/instances/${id}/stop`, {});
  await reaches(id, 'stopped');
  expect((await get(id)).pricePerHour).toBeCloseTo((20 * 0.08) / 730);
  await ada.post(`/api/v1/instances/${id}/start`, {});
  await reaches(id, 'booting');
  expect(await terminate(id)).toMatchObject({ state: 'terminated', problem: null });
  expect(await machines()).toEqual([]);
});

it('shows in EC2 too when an instance ends, also after that was changed, and what it costs', async () => {
  const { id } = await launch({ type: 't3.micro', diskGb: 20, lifetimeHours: 1 });
  await reaches(id, 'booting');
  const expires = async () => (await machines())[0]?.Tags?.find(({ Key }) => Key === 'mle:expires')?.Value;
  const { endsAt } = await get(id);
  expect(await expires()).toBe(endsAt);
  const later = new Date(Date.parse(endsAt) + 3_600_000).toISOString();
  const changed = await ada.patch(`/api/v1/instances/${id}`, { endsAt: later, name: 'trainer' });
  expect(changed).toMatchObject({ status: 200, body: { endsAt: later, name: 'trainer', image: null } });
  await until('the tag has it', async () => {
    await api.app.get(InstanceKeeper, { strict: false }).look('aws');
    return (await expires()) === later;
  });
  const { body } = await ada.get<Money>('/api/v1/money');
  const perHour = 0.0104 + 0.005 + (20 * 0.08) / 730;
  expect(body.perHour).toBeCloseTo(perHour);
  expect(body.reserved).toBeGreaterThan(1.9 * perHour);
  expect(body.reserved).toBeLessThan(2 * perHour);
  expect(body.byMachine).toContainEqual({ id, name: 'trainer', cost: expect.any(Number) });
  expect(body.month).toBeGreaterThan(0);
  await terminate(id);
  expect((await ada.get<Money>('/api/v1/money')).body).toMatchObject({ perHour: 0, reserved: 0 });
});

it('tries every zone, and spot before on demand only where that was agreed', async () => {
  await simulator.addFault({
    action: 'RunInstances',
    code: 'InsufficientInstanceCapacity',
    market: 'spot',
    count: null,
  });
  const alone = await launch({ type: 't3.small', buy: 'spot' });
  expect(await reaches(alone.id, 'failed')).toMatchObject({
    problem: { code: 'InsufficientInstanceCapacity', requestId: expect.any(String) },
  });
  const { id } = await launch({ type: 't3.small', buy: 'spot', fallBack: true });
  expect(await reaches(id, 'booting')).toMatchObject({ buy: 'on-demand', pricePerHour: expect.any(Number) });
  expect((await get(id)).pricePerHour).toBeGreaterThan(0.0208);
});

it('takes another type where no zone has the wanted one and that was allowed, with the dearest reserved', async () => {
  await simulator.addFault({
    action: 'RunInstances',
    code: 'InsufficientInstanceCapacity',
    instanceType: 't3.small',
    count: null,
  });
  const unknown = await ada.post('/api/v1/instances', { provider: 'aws', type: 't3.small', alternatives: ['x9.huge'] });
  expect(unknown).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  const { id } = await launch({ type: 't3.small', alternatives: ['t3.medium', 't3.large'], lifetimeHours: 1 });
  expect((await ada.get<Money>('/api/v1/money')).body.reserved).toBeGreaterThan(0.0832);
  const { type, pricePerHour } = await reaches(id, 'booting');
  expect(type).toBe('t3.medium');
  expect(pricePerHour).toBeGreaterThan(0.0416);
  expect((await machines()).map(({ InstanceType }) => InstanceType)).toEqual(['t3.medium']);
  expect((await ada.get<Money>('/api/v1/money')).body.reserved).toBeLessThan(0.0832);
});

/** Whose launch goes on elsewhere first is refused everywhere here. */
it.each<[code: string, words: string, message?: string]>([
  ['AuthFailure', 'Check the keys'],
  ['InvalidClientTokenId', 'AWS does not know the key id'],
  ['SignatureDoesNotMatch', "this server's clock is off"],
  ['ExpiredToken', 'The keys have expired'],
  ['UnauthorizedOperation', '(ec2:RunInstances)', 'User: x is not authorized to perform: ec2:RunInstances on y'],
  ['OptInRequired', 'the region is not enabled'],
  ['PendingVerification', 'up to four hours'],
  ['Blocked', 'AWS support'],
  ['InvalidParameterCombination', 'marked as free tier', 'The type is not eligible for Free Tier.'],
  ['VcpuLimitExceeded', 'This needs 2 vCPUs, more than the account may have'],
  ['MaxSpotInstanceCountExceeded', 'Buy on demand'],
  ['AuthFailure.ServiceLinkedRoleCreationNotPermitted', 'one spot instance in the AWS console'],
  ['InsufficientInstanceCapacity', 'Try another type or region'],
  ['Unsupported', 'No zone of the region offers'],
  ['InsufficientFreeAddressesInSubnet', 'no free addresses'],
  ['MissingInput', 'Create default VPC', 'No subnets found for the default VPC'],
  ['SpotMaxPriceTooLow', 'Buy on demand'],
  ['InvalidAMIID.NotFound', 'no such image'],
  ['InvalidAMIID.Malformed', 'no id of an image'],
  ['InvalidSubnetID.NotFound', 'Launch again'],
  ['InvalidGroup.NotFound', 'Launch again'],
  ['InvalidParameterValue', 'does not know this type', 'Invalid value t3.micro for InstanceType.'],
  ['InvalidParameterValue', 'too long for AWS', 'User data is limited to 16384 bytes'],
  ['DependencyViolation', 'Remove that first'],
  ['SomethingNew', 'AWS refused the request with SomethingNew'],
])('says of %s what to do: %s', async (code, words, ...[message]) => {
  await simulator.addFault({ action: 'RunInstances', code, count: null, ...(message !== undefined && { message }) });
  const { id } = await launch({ type: 't3.micro' });
  const { problem } = await reaches(id, 'failed');
  expect(problem).toMatchObject({ detail: expect.stringContaining(code), requestId: expect.any(String) });
  expect(problem?.sentence).toContain(words);
  expect(await machines()).toEqual([]);
});

it.each(['before', 'after'] as const)('has one machine where the answer is cut off %s it is done', async (cut) => {
  await simulator.addFault({ action: 'RunInstances', cut });
  const { id } = await launch({ type: 't3.micro' });
  await reaches(id, 'booting');
  expect(await machines()).toHaveLength(1);
});

it('tells of a machine that nobody knows, and leaves those of others alone', async () => {
  const { id } = await launch({ type: 't3.micro' });
  await reaches(id, 'booting');
  const [own] = await machines();
  const installation = own?.Tags?.find(({ Key }) => Key === 'mle:installation')?.Value ?? '';
  const run = (tags: Record<string, string>) =>
    ec2.send(
      new RunInstancesCommand({
        ...{ ImageId: own?.ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 },
        TagSpecifications: [
          { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        ],
      }),
    );
  const stranger = await run({ 'mle:installation': installation });
  const foreign = await run({ 'mle:installation': 'another', 'mle:instance': id });
  const strangerId = stranger.Instances?.[0]?.InstanceId ?? '';
  await until('everybody is told of it', async () => {
    await api.app.get(InstanceKeeper, { strict: false }).look('aws');
    return (await list()).notices.some((notice) => notice.includes(strangerId));
  });
  // One of an instance that is over is ended at once.
  await terminate(id);
  expect((await machines()).map(({ InstanceId }) => InstanceId)).toEqual(
    expect.arrayContaining([strangerId, foreign.Instances?.[0]?.InstanceId]),
  );
  const InstanceIds = [strangerId, foreign.Instances?.[0]?.InstanceId ?? ''];
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
});

it('does nothing with machines that another server launched, of which its data are a copy, until that is decided', async () => {
  const { id } = await launch({ type: 't3.micro' });
  await reaches(id, 'booting');
  const look = () => api.app.get(InstanceKeeper, { strict: false }).look('aws');
  // The file of a copy is another one: its mark is not taken.
  cpSync(join(api.config.dataDir, 'server-mark'), join(api.config.dataDir, 'server-mark.copy'));
  renameSync(join(api.config.dataDir, 'server-mark.copy'), join(api.config.dataDir, 'server-mark'));
  await look();
  expect((await list()).notices).toEqual([expect.stringContaining('a copy of its data')]);
  expect((await ada.get<AwsSettingsView>('/api/v1/settings/aws')).body.copied).toBe(true);
  expect((await ada.post('/api/v1/instances', { provider: 'aws' })).body).toMatchObject({ code: 'aws.copied' });
  await ada.delete(`/api/v1/instances/${id}`);
  await look();
  expect(await machines()).toHaveLength(1);
  expect((await ada.post<AwsSettingsView>('/api/v1/settings/aws/take-over', {})).body.copied).toBe(false);
  await terminate(id);
  expect(await machines()).toEqual([]);
  expect((await list()).notices).toEqual([]);
});

it('says loudly what still runs when the keys are gone', async () => {
  const { id } = await launch({ type: 't3.micro' });
  await reaches(id, 'booting');
  await ada.delete('/api/v1/settings/aws');
  await api.app.get(InstanceKeeper, { strict: false }).look('aws');
  expect((await list()).notices).toEqual([expect.stringContaining('One instance is still there')]);
  const { accessKeyId, secretAccessKey } = simulator.credentials;
  await ada.put('/api/v1/settings/aws', { accessKeyId, secretAccessKey, region: 'us-east-1' });
});
