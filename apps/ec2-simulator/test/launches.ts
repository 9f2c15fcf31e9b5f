import {
  DescribeInstancesCommand,
  type EC2Client,
  EC2ServiceException,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Simulator } from '@mle/simulated-ec2';
import { until } from './simulation.js';

export const UBUNTU = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id';

export async function imageId(simulator: Simulator, parameter = UBUNTU): Promise<string> {
  const ssm = new SSMClient(simulator.clientOptions);
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
  ssm.destroy();
  return Parameter?.Value ?? '';
}

/** Launches one instance, of the smallest kind unless said otherwise. */
export async function launch(
  ec2: EC2Client,
  input: Partial<RunInstancesCommandInput> & { ImageId: string },
  userData = '',
): Promise<Instance & { InstanceId: string }> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 't3.micro',
      ...(userData === '' ? {} : { UserData: Buffer.from(userData).toString('base64') }),
      ...input,
    }),
  );
  const [instance] = Instances ?? [];
  if (instance?.InstanceId === undefined) throw new Error('Nothing was launched.');
  return { ...instance, InstanceId: instance.InstanceId };
}

/** The instance as it is now, or null where it is not found. */
export async function find(ec2: EC2Client, id: string): Promise<Instance | null> {
  try {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return Reservations?.[0]?.Instances?.[0] ?? null;
  } catch (error) {
    if (error instanceof EC2ServiceException && error.name === 'InvalidInstanceID.NotFound') return null;
    throw error;
  }
}

export async function untilState(ec2: EC2Client, id: string, state: string): Promise<Instance> {
  return until(`${id} is ${state}`, async () => {
    const instance = await find(ec2, id);
    return instance?.State?.Name === state ? instance : null;
  });
}
