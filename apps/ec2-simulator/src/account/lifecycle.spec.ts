import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeVolumesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { find, imageId, launch, untilState } from '../../test/launches.js';
import { failure, type Simulation, startSimulation, until } from '../../test/simulation.js';

let simulation: Simulation;
let image: string;

beforeAll(async () => {
  simulation = await startSimulation({ machines: 'none', timings: { terminatedShown: 1000, spotNotice: 500 } });
  image = await imageId(simulation.simulator);
});

afterAll(() => simulation.stop());

async function running(more: Partial<Parameters<typeof launch>[1]> = {}): Promise<string> {
  const { InstanceId } = await launch(simulation.ec2, { ImageId: image, ...more });
  await untilState(simulation.ec2, InstanceId, 'running');
  return InstanceId;
}

test('stops, starts and ends, each in its time; start and stop change the public address', async () => {
  const { ec2 } = simulation;
  const id = await running();
  const before = await find(ec2, id);
  const stop = await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(stop.StoppingInstances).toMatchObject([
    { InstanceId: id, PreviousState: { Name: 'running', Code: 16 }, CurrentState: { Name: 'stopping', Code: 64 } },
  ]);
  expect(await failure(ec2.send(new StartInstancesCommand({ InstanceIds: [id] })))).toMatchObject({
    name: 'IncorrectInstanceState',
  });
  const stopped = await untilState(ec2, id, 'stopped');
  expect(stopped).toMatchObject({
    StateReason: { Code: 'Client.UserInitiatedShutdown' },
    PrivateIpAddress: before?.PrivateIpAddress,
  });
  expect(stopped.PublicIpAddress).toBeUndefined();
  const start = await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  expect(start.StartingInstances).toMatchObject([
    { CurrentState: { Name: 'pending' }, PreviousState: { Name: 'stopped' } },
  ]);
  const again = await untilState(ec2, id, 'running');
  expect(again.PublicIpAddress).not.toBe(before?.PublicIpAddress);
  expect(again.StateReason).toBeUndefined();
  const end = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(end.TerminatingInstances).toMatchObject([{ CurrentState: { Name: 'shutting-down', Code: 32 } }]);
  await untilState(ec2, id, 'terminated');
  expect((await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))).TerminatingInstances).toMatchObject([
    { CurrentState: { Name: 'terminated' }, PreviousState: { Name: 'terminated' } },
  ]);
  await until('it is no longer shown', async () => (await find(ec2, id)) === null);
  expect(await failure(ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })))).toMatchObject({
    name: 'InvalidInstanceID.NotFound',
    message: `The instance ID '${id}' does not exist`,
  });
});

test('status checks are initializing for a while, and only instances that run are listed', async () => {
  const { ec2, simulator } = simulation;
  const id = await running();
  const status = async () =>
    (await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }))).InstanceStatuses ?? [];
  await until('the checks pass', async () => (await status())[0]?.InstanceStatus?.Status === 'ok');
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(await status()).toEqual([]);
  await untilState(ec2, id, 'stopped');
  const all = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances: true }));
  expect(all.InstanceStatuses).toMatchObject([
    { InstanceState: { Name: 'stopped' }, InstanceStatus: { Status: 'not-applicable' } },
  ]);
  await simulator.addFault({ action: 'StartInstances', zone: 'us-east-1a', code: 'InsufficientInstanceCapacity' });
  expect(await failure(ec2.send(new StartInstancesCommand({ InstanceIds: [id] })))).toMatchObject({
    name: 'InsufficientInstanceCapacity',
  });
  expect((await find(ec2, id))?.State?.Name).toBe('stopped');
});

test('a disk that is not deleted on termination is left behind', async () => {
  const id = await running({
    BlockDeviceMappings: [
      { DeviceName: '/dev/sda1', Ebs: { DeleteOnTermination: true } },
      { DeviceName: '/dev/sdb', Ebs: { VolumeSize: 3, DeleteOnTermination: false } },
    ],
  });
  await simulation.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await untilState(simulation.ec2, id, 'terminated');
  const { Volumes } = await simulation.ec2.send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'status', Values: ['available'] }] }),
  );
  expect(Volumes).toMatchObject([{ Size: 3, Attachments: [] }]);
});

test('spot instances end after their notice: when asked, and when the price rises over their own', async () => {
  const { ec2, simulator } = simulation;
  const spot = (MaxPrice: string) => ({
    InstanceMarketOptions: { MarketType: 'spot' as const, SpotOptions: { MaxPrice } },
    Placement: { AvailabilityZone: 'us-east-1b' },
  });
  const [cheap, dear] = [await running(spot('0.02')), await running(spot('0.5'))];
  expect(await failure(ec2.send(new StopInstancesCommand({ InstanceIds: [dear] })))).toMatchObject({
    name: 'UnsupportedOperation',
  });
  await simulator.setSpotPrice({ instanceType: 't3.micro', zone: 'us-east-1b', price: 0.1 });
  expect((await find(ec2, cheap))?.State?.Name).toBe('running');
  expect(await untilState(ec2, cheap, 'terminated')).toMatchObject({
    InstanceLifecycle: 'spot',
    StateReason: { Code: 'Server.SpotInstanceTermination' },
  });
  expect((await find(ec2, dear))?.State?.Name).toBe('running');
  await simulator.interrupt(dear);
  await untilState(ec2, dear, 'terminated');
});

test('states follow the clock that tests move', async () => {
  const slow = await startSimulation({ machines: 'none', timings: { pending: 3_600_000 } });
  const { InstanceId } = await launch(slow.ec2, { ImageId: image });
  await until('it is found', () => find(slow.ec2, InstanceId));
  await slow.simulator.advanceClock(3_600_000);
  await untilState(slow.ec2, InstanceId, 'running');
  await slow.stop();
});

test('the account has its instances in regions that know nothing of each other', async () => {
  const elsewhere = simulation.client({ region: 'eu-central-1' });
  const id = await running();
  expect(await failure(elsewhere.send(new DescribeInstancesCommand({ InstanceIds: [id] })))).toMatchObject({
    name: 'InvalidInstanceID.NotFound',
  });
});
