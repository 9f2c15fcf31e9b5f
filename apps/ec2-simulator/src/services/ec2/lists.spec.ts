import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeRegionsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  type Filter,
  paginateDescribeInstances,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
  paginateDescribeSpotPriceHistory,
} from '@aws-sdk/client-ec2';
import { imageId, launch, untilState } from '../../../test/launches.js';
import { failure, type Simulation, startSimulation } from '../../../test/simulation.js';

let simulation: Simulation;
let image: string;

beforeAll(async () => {
  simulation = await startSimulation({ machines: 'none' });
  image = await imageId(simulation.simulator);
});

afterAll(() => simulation.stop());

async function launchTagged(tags: Record<string, string>): Promise<string> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { InstanceId } = await launch(simulation.ec2, {
    ImageId: image,
    TagSpecifications: [{ ResourceType: 'instance', Tags }],
  });
  await untilState(simulation.ec2, InstanceId, 'running');
  return InstanceId;
}

async function list(...Filters: Filter[]): Promise<(string | undefined)[]> {
  const { Reservations } = await simulation.ec2.send(new DescribeInstancesCommand({ Filters }));
  return (Reservations ?? []).flatMap(({ Instances }) => (Instances ?? []).map(({ InstanceId }) => InstanceId));
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

test('two installations on one account find their own instances by their tag', async () => {
  const one = [
    await launchTagged({ 'mle:installation': 'one' }),
    await launchTagged({ 'mle:installation': 'one', more: 'x' }),
  ];
  const two = await launchTagged({ 'mle:installation': 'two' });
  const mine = { Name: 'tag:mle:installation', Values: ['one'] };
  const alive = { Name: 'instance-state-name', Values: ['pending', 'running'] };
  expect(await list(mine, alive)).toEqual(one);
  expect(await list({ Name: 'tag:mle:installation', Values: ['t*'] })).toEqual([two]);
  expect(await list(mine, { Name: 'tag-key', Values: ['more'] })).toEqual([one[1]]);
  expect(await list(mine, { Name: 'instance-state-name', Values: ['stopped'] })).toEqual([]);
  expect(await failure(list({ Name: 'colour', Values: ['red'] }))).toMatchObject({
    name: 'InvalidParameterValue',
    message: "The filter 'colour' is invalid",
  });
});

test('tags are set, changed, listed and deleted', async () => {
  const { ec2 } = simulation;
  const id = await launchTagged({ 'mle:server': 'a', stays: 'yes' });
  await ec2.send(
    new CreateTagsCommand({
      Resources: [id],
      Tags: [
        { Key: 'mle:server', Value: 'b' },
        { Key: 'empty', Value: '' },
      ],
    }),
  );
  const tags = async () => {
    const { Tags } = await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }));
    return Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  };
  expect(await tags()).toEqual({ 'mle:server': 'b', stays: 'yes', empty: '' });
  await ec2.send(
    new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'mle:server', Value: 'not this' }, { Key: 'empty' }] }),
  );
  expect(await tags()).toEqual({ 'mle:server': 'b', stays: 'yes' });
  const reserved = new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'aws:mine', Value: 'x' }] });
  expect(await failure(ec2.send(reserved))).toMatchObject({ name: 'InvalidParameterValue' });
  const many = Array.from({ length: 60 }, (_, n) => ({ Key: `k${n}`, Value: '' }));
  expect(await failure(ec2.send(new CreateTagsCommand({ Resources: [id], Tags: many })))).toMatchObject({
    name: 'TagLimitExceeded',
  });
});

test('lists come in pages', async () => {
  const { ec2 } = simulation;
  for (let n = 0; n < 6; n += 1) await launchTagged({ paged: 'yes' });
  const filter = { Name: 'tag:paged', Values: ['yes'] };
  const pages = await all(paginateDescribeInstances({ client: ec2, pageSize: 5 }, { Filters: [filter] }));
  expect(pages.map(({ Reservations }) => Reservations?.length)).toEqual([5, 1]);
  const withIds = new DescribeInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'], MaxResults: 5 });
  expect(await failure(ec2.send(withIds))).toMatchObject({ name: 'InvalidParameterCombination' });
  const badToken = new DescribeInstancesCommand({ NextToken: 'x' });
  expect(await failure(ec2.send(badToken))).toMatchObject({ name: 'InvalidNextToken' });
});

test('types with their processors, memory, GPUs and free tier, in more than one page', async () => {
  const pages = await all(paginateDescribeInstanceTypes({ client: simulation.ec2 }, {}));
  const types = pages.flatMap(({ InstanceTypes }) => InstanceTypes ?? []);
  expect(pages.length).toBeGreaterThan(1);
  expect(new Set(types.map(({ InstanceType }) => InstanceType)).size).toBe(types.length);
  expect(types.find(({ InstanceType }) => InstanceType === 'g5.12xlarge')).toMatchObject({
    VCpuInfo: { DefaultVCpus: 48 },
    MemoryInfo: { SizeInMiB: 196_608 },
    GpuInfo: { Gpus: [{ Name: 'A10G', Count: 4, MemoryInfo: { SizeInMiB: 24_576 } }] },
    ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
  });
  const free = new DescribeInstanceTypesCommand({ Filters: [{ Name: 'free-tier-eligible', Values: ['true'] }] });
  expect((await simulation.ec2.send(free)).InstanceTypes).toHaveLength(6);
  const unknown = new DescribeInstanceTypesCommand({ InstanceTypes: ['x9.huge' as 't3.micro'] });
  expect(await failure(simulation.ec2.send(unknown))).toMatchObject({ name: 'InvalidInstanceType' });
});

test('offerings by zone leave out what a zone does not have', async () => {
  const pages = await all(
    paginateDescribeInstanceTypeOfferings(
      { client: simulation.ec2 },
      {
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: ['p5.4xlarge', 'g4dn.xlarge'] }],
      },
    ),
  );
  const offers = pages.flatMap(({ InstanceTypeOfferings }) => InstanceTypeOfferings ?? []);
  const zonesOf = (type: string) =>
    offers.filter(({ InstanceType }) => InstanceType === type).map(({ Location }) => Location);
  expect(zonesOf('p5.4xlarge')).toEqual(['us-east-1a', 'us-east-1b']);
  expect(zonesOf('g4dn.xlarge')).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1e']);
});

test('images by owner, name and architecture', async () => {
  const { Images } = await simulation.ec2.send(
    new DescribeImagesCommand({
      Owners: ['099720109477'],
      Filters: [
        { Name: 'name', Values: ['ubuntu/images/hvm-ssd*/ubuntu-noble-24.04-*-server-*'] },
        { Name: 'architecture', Values: ['x86_64'] },
      ],
    }),
  );
  expect(Images).toMatchObject([
    { ImageId: image, State: 'available', RootDeviceName: '/dev/sda1', OwnerId: '099720109477' },
  ]);
  expect(Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.VolumeSize).toBe(8);
  const deep = await simulation.ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  expect(deep.Images?.every(({ Name }) => Name?.startsWith('Deep Learning'))).toBe(true);
});

test('regions, zones and the default VPC', async () => {
  const { ec2 } = simulation;
  const names = async (AllRegions: boolean) =>
    (await ec2.send(new DescribeRegionsCommand({ AllRegions }))).Regions ?? [];
  expect((await names(false)).map(({ RegionName }) => RegionName)).not.toContain('eu-south-1');
  expect((await names(true)).find(({ RegionName }) => RegionName === 'eu-south-1')?.OptInStatus).toBe('not-opted-in');
  const zones = await ec2.send(
    new DescribeAvailabilityZonesCommand({ Filters: [{ Name: 'state', Values: ['available'] }] }),
  );
  expect(zones.AvailabilityZones?.map(({ ZoneId }) => ZoneId)).toEqual([
    'use1-az1',
    'use1-az2',
    'use1-az3',
    'use1-az5',
  ]);
  const vpcs = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }));
  expect(vpcs.Vpcs).toHaveLength(1);
  const dry = ec2.send(new DescribeRegionsCommand({ DryRun: true }));
  expect(await failure(dry)).toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
});

test('spot prices follow the clock, the newest first', async () => {
  const { ec2, simulator } = simulation;
  const query = {
    InstanceTypes: ['g5.xlarge' as const],
    ProductDescriptions: ['Linux/UNIX'],
    AvailabilityZone: 'us-east-1a',
  };
  const now = async () => {
    const { SpotPriceHistory } = await ec2.send(
      new DescribeSpotPriceHistoryCommand({ ...query, StartTime: new Date(Date.now() + 1e12) }),
    );
    expect(SpotPriceHistory).toHaveLength(1);
    return SpotPriceHistory?.[0];
  };
  const before = await now();
  await simulator.advanceClock(3_600_000);
  const after = await now();
  expect(after?.SpotPrice).not.toBe(before?.SpotPrice);
  expect(Number(after?.SpotPrice)).toBeLessThan(1.006);
  const start = new Date(Date.now() - 200 * 3_600_000);
  const pages = await all(paginateDescribeSpotPriceHistory({ client: ec2 }, { ...query, StartTime: start }));
  const history = pages.flatMap(({ SpotPriceHistory }) => SpotPriceHistory ?? []);
  expect(pages.length).toBeGreaterThan(1);
  expect(history.length).toBeGreaterThan(200);
  expect(history[0]).toEqual(after);
  expect(history[1]).toEqual(before);
});
