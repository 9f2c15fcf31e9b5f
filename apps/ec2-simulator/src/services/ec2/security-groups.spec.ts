import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupIngressCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { imageId, launch, untilState } from '../../../test/launches.js';
import { failure, type Simulation, startSimulation } from '../../../test/simulation.js';

let simulation: Simulation;

beforeAll(async () => {
  simulation = await startSimulation({ machines: 'none' });
});

afterAll(() => simulation.stop());

async function create(GroupName: string): Promise<string> {
  const { GroupId } = await simulation.ec2.send(
    new CreateSecurityGroupCommand({
      GroupName,
      Description: 'No inbound',
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'mle:installation', Value: 'x' }] }],
    }),
  );
  return GroupId ?? '';
}

test('is created once, found by name and tag, and has no inbound', async () => {
  const id = await create('mle-x');
  expect(await failure(create('mle-x'))).toMatchObject({ name: 'InvalidGroup.Duplicate' });
  const { SecurityGroups } = await simulation.ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'group-name', Values: ['mle-x'] },
        { Name: 'tag:mle:installation', Values: ['x'] },
      ],
    }),
  );
  expect(SecurityGroups).toMatchObject([
    { GroupId: id, IpPermissions: [], Tags: [{ Key: 'mle:installation', Value: 'x' }] },
  ]);
  expect(SecurityGroups?.[0]?.IpPermissionsEgress).toMatchObject([
    { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
  ]);
});

test('opens and closes ports', async () => {
  const { ec2 } = simulation;
  const GroupId = await create('mle-ports');
  const IpPermissions = [
    {
      IpProtocol: 'tcp',
      FromPort: 7443,
      ToPort: 7443,
      IpRanges: [{ CidrIp: '203.0.113.7/32', Description: 'the server' }],
    },
  ];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const twice = ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  expect(await failure(twice)).toMatchObject({ name: 'InvalidPermission.Duplicate' });
  const inbound = async () => {
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    return SecurityGroups?.[0]?.IpPermissions;
  };
  expect(await inbound()).toMatchObject(IpPermissions);
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  expect(await inbound()).toEqual([]);
  const again = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  expect(await failure(again)).toMatchObject({ name: 'InvalidPermission.NotFound' });
  const bad = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '300.0.0.1/8' }] }];
  expect(
    await failure(ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: bad }))),
  ).toMatchObject({
    name: 'InvalidParameterValue',
  });
});

test('cannot be deleted while an instance has it', async () => {
  const { ec2, simulator } = simulation;
  const GroupId = await create('mle-used');
  const { InstanceId } = await launch(ec2, { ImageId: await imageId(simulator), SecurityGroupIds: [GroupId] });
  const remove = () => ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  expect(await failure(remove())).toMatchObject({ name: 'DependencyViolation' });
  await untilState(ec2, InstanceId, 'running');
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  await untilState(ec2, InstanceId, 'terminated');
  await remove();
  expect(await failure(remove())).toMatchObject({ name: 'InvalidGroup.NotFound' });
});
