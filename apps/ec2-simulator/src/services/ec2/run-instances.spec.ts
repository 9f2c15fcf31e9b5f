import {
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { find, imageId, launch, untilState } from '../../../test/launches.js';
import { failure, type Simulation, startSimulation } from '../../../test/simulation.js';

let simulation: Simulation;
let image: string;

beforeAll(async () => {
  simulation = await startSimulation({ machines: 'none', quotas: { 'L-1216C47A': 64, 'L-34B43A08': 4 } });
  image = await imageId(simulation.simulator);
});

afterAll(() => simulation.stop());

afterEach(() => simulation.simulator.clearFaults());

const input = (more: Partial<RunInstancesCommandInput> = {}): RunInstancesCommandInput => ({
  ImageId: image,
  InstanceType: 't3.micro',
  MinCount: 1,
  MaxCount: 1,
  ...more,
});

const run = (more: Partial<RunInstancesCommandInput> = {}) => simulation.ec2.send(new RunInstancesCommand(input(more)));

test('gives the instance, its disk and its network interface their tags in the call itself', async () => {
  const tags = (kind: string) => [
    { Key: 'mle:installation', Value: 'a<b>&"c"' },
    { Key: 'of', Value: kind },
  ];
  const launched = await launch(simulation.ec2, {
    ImageId: image,
    ClientToken: 'tagged',
    TagSpecifications: [
      { ResourceType: 'instance', Tags: tags('instance') },
      { ResourceType: 'volume', Tags: tags('volume') },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: '/dev/sda1',
        Ebs: { VolumeSize: 20, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
      },
    ],
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, InstanceMetadataTags: 'enabled' },
  });
  expect(launched.State).toEqual({ Code: 0, Name: 'pending' });
  const running = await untilState(simulation.ec2, launched.InstanceId, 'running');
  expect(running).toMatchObject({
    ClientToken: 'tagged',
    Tags: tags('instance'),
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, InstanceMetadataTags: 'enabled' },
    Placement: { AvailabilityZone: expect.stringMatching(/^us-east-1[abce]$/) as string },
    PublicIpAddress: expect.stringMatching(/^127\.16\./) as string,
    SecurityGroups: [{ GroupName: 'default' }],
  });
  expect(running.LaunchTime).toBeInstanceOf(Date);
  const filter = { Name: 'attachment.instance-id', Values: [launched.InstanceId] };
  const { Volumes } = await simulation.ec2.send(new DescribeVolumesCommand({ Filters: [filter] }));
  expect(Volumes).toMatchObject([{ Size: 20, Encrypted: true, State: 'in-use', Tags: tags('volume') }]);
});

test('a repeated token gives the same instance; with other arguments it is refused', async () => {
  const first = await launch(simulation.ec2, { ImageId: image, ClientToken: 'once' });
  const second = await launch(simulation.ec2, { ImageId: image, ClientToken: 'once' });
  expect(second.InstanceId).toBe(first.InstanceId);
  const both = await Promise.all([1, 2].map(() => launch(simulation.ec2, { ImageId: image, ClientToken: 'at once' })));
  expect(new Set(both.map(({ InstanceId }) => InstanceId)).size).toBe(1);
  expect(await failure(run({ ClientToken: 'once', InstanceType: 't3.small' }))).toMatchObject({
    name: 'IdempotentParameterMismatch',
    $metadata: { httpStatusCode: 400, requestId: expect.any(String) as string },
  });
});

test('without a token each call launches, as the SDK makes one for each', async () => {
  const [first, second] = [
    await launch(simulation.ec2, { ImageId: image }),
    await launch(simulation.ec2, { ImageId: image }),
  ];
  expect(second.InstanceId).not.toBe(first.InstanceId);
  expect(first.ClientToken).not.toBe('');
});

test('a dry run launches nothing and answers 412', async () => {
  const error = await failure(run({ DryRun: true, ClientToken: 'dry' }));
  expect(error).toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
  const filter = { Name: 'client-token', Values: ['dry'] };
  const { Reservations } = await simulation.ec2.send(new DescribeInstancesCommand({ Filters: [filter] }));
  expect(Reservations).toEqual([]);
});

test('just after the launch an instance is not found', async () => {
  const { InstanceId } = await launch(simulation.ec2, { ImageId: image, ClientToken: 'late' });
  expect(await find(simulation.ec2, InstanceId)).toBeNull();
  const filter = { Name: 'client-token', Values: ['late'] };
  expect((await simulation.ec2.send(new DescribeInstancesCommand({ Filters: [filter] }))).Reservations).toEqual([]);
  await untilState(simulation.ec2, InstanceId, 'running');
  expect((await simulation.ec2.send(new DescribeInstancesCommand({ Filters: [filter] }))).Reservations).toHaveLength(1);
});

test.each<[string, string, Partial<RunInstancesCommandInput>]>([
  ['an unknown image', 'InvalidAMIID.NotFound', { ImageId: 'ami-0123456789abcdef0' }],
  ['what is no id of an image', 'InvalidAMIID.Malformed', { ImageId: 'ubuntu' }],
  ['an unknown type', 'InvalidParameterValue', { InstanceType: 'x9.huge' as 't3.micro' }],
  ['a type of another architecture', 'InvalidParameterValue', { InstanceType: 't4g.micro' }],
  ['long user-data', 'InvalidParameterValue', { UserData: Buffer.alloc(16_385).toString('base64') }],
  ['user-data that is not base64', 'InvalidParameterValue', { UserData: 'not base64!' }],
  ['an unknown subnet', 'InvalidSubnetID.NotFound', { SubnetId: 'subnet-0123456789abcdef0' }],
  ['an unknown group', 'InvalidGroup.NotFound', { SecurityGroupIds: ['sg-0123456789abcdef0'] }],
  ['a key pair', 'InvalidKeyPair.NotFound', { KeyName: 'mine' }],
  [
    'a small disk',
    'InvalidBlockDeviceMapping',
    { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 4 } }] },
  ],
  ['a zone without it', 'Unsupported', { InstanceType: 'g5.xlarge', Placement: { AvailabilityZone: 'us-east-1e' } }],
  ['a quota of 0', 'VcpuLimitExceeded', { InstanceType: 'p5.4xlarge' }],
  ['more than the quota', 'VcpuLimitExceeded', { MinCount: 33, MaxCount: 33 }],
  [
    'a low price',
    'SpotMaxPriceTooLow',
    { InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { MaxPrice: '0.0001' } } },
  ],
  [
    'much spot',
    'MaxSpotInstanceCountExceeded',
    { MinCount: 3, MaxCount: 3, InstanceMarketOptions: { MarketType: 'spot' } },
  ],
])('%s: %s', async (_what, code, more) => {
  expect(await failure(run(more))).toMatchObject({ name: code, $metadata: { httpStatusCode: 400 } });
});

test('an account without a default VPC, and one of the free tier only', async () => {
  const poor = await startSimulation({ machines: 'none', defaultVpc: false, freeTierOnly: true });
  const large = new RunInstancesCommand(input({ InstanceType: 'm7i.large' }));
  expect(await failure(poor.ec2.send(new RunInstancesCommand(input())))).toMatchObject({ name: 'VPCIdNotSpecified' });
  expect(await failure(poor.ec2.send(large))).toMatchObject({
    name: 'InvalidParameterCombination',
    message: expect.stringContaining('not eligible for Free Tier') as string,
  });
  await poor.stop();
});

test('a zone without capacity fails as the service does, and another zone has some', async () => {
  await simulation.simulator.addFault({
    action: 'RunInstances',
    zone: 'us-east-1a',
    code: 'InsufficientInstanceCapacity',
    count: null,
  });
  const { Subnets } = await simulation.ec2.send(new DescribeSubnetsCommand({}));
  const subnetIn = (zone: string) => ({
    SubnetId: Subnets?.find(({ AvailabilityZone }) => AvailabilityZone === zone)?.SubnetId,
  });
  for (const pinned of [subnetIn('us-east-1a'), { Placement: { AvailabilityZone: 'us-east-1a' } }]) {
    const error = await failure(run(pinned));
    expect(error).toMatchObject({ name: 'InsufficientInstanceCapacity', $metadata: { httpStatusCode: 500 } });
  }
  const { Instances } = await run(subnetIn('us-east-1b'));
  expect(Instances?.[0]?.Placement?.AvailabilityZone).toBe('us-east-1b');
  // Where no zone is named, the service looks for one.
  expect((await run()).Instances?.[0]?.Placement?.AvailabilityZone).toBe('us-east-1b');
});

test('a fault holds as often as it says, and for what it names', async () => {
  const { simulator } = simulation;
  await simulator.addFault({ action: 'RunInstances', code: 'RequestLimitExceeded', count: 2 });
  await simulator.addFault({ action: 'RunInstances', market: 'spot', code: 'MaxSpotInstanceCountExceeded' });
  expect(await failure(run())).toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } });
  expect(await failure(run({ DryRun: true }))).toMatchObject({ name: 'DryRunOperation' });
  expect(await failure(run())).toMatchObject({ name: 'RequestLimitExceeded' });
  expect((await run()).Instances).toHaveLength(1);
  expect(await simulator.faults()).toHaveLength(1);
  const spot = { InstanceMarketOptions: { MarketType: 'spot' as const } };
  expect(await failure(run(spot))).toMatchObject({ name: 'MaxSpotInstanceCountExceeded' });
  expect(await simulator.faults()).toEqual([]);
});

test('a lost answer leaves an instance that the token finds; a connection cut before leaves none', async () => {
  const { simulator, ec2 } = simulation;
  await simulator.addFault({ action: 'RunInstances', cut: 'after' });
  await failure(run({ ClientToken: 'lost' }));
  const again = await launch(ec2, { ImageId: image, ClientToken: 'lost' });
  expect((await find(ec2, again.InstanceId)) ?? (await untilState(ec2, again.InstanceId, 'running'))).toMatchObject({
    ClientToken: 'lost',
  });
  await simulator.addFault({ action: 'RunInstances', cut: 'before' });
  await failure(run({ ClientToken: 'cut' }));
  await new Promise((resolve) => void setTimeout(resolve, 200));
  const filter = { Name: 'client-token', Values: ['lost', 'cut'] };
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters: [filter] }));
  expect(Reservations).toHaveLength(1);
});
