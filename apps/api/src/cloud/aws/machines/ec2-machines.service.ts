import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  GetConsoleOutputCommand,
  type Instance,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { Injectable } from '@nestjs/common';
import type { AwsClients } from '../aws-clients.service.js';
import { isCode } from '../aws-errors.js';

/** A machine of EC2 as it was listed. */
export interface Ec2Machine {
  id: string;
  state: string;
  /** The instance that it is, by its tag; null: the tag is gone. */
  instanceId: string | null;
  /** The mark of the server that launched it. */
  server: string | null;
  /** When it ends, as its tag says. */
  expires: string | null;
  type: string;
  zone: string | null;
  /** By which the internet reaches it. */
  address: string | null;
  launchedAt: Date;
  /** Why it is in its state, as EC2 writes it. */
  why: string;
}

const GONE = 'InvalidInstanceID.NotFound';

/** The machines that carry the tag of this installation, and what is done with them. */
@Injectable()
export class Ec2Machines {
  list({ ec2 }: AwsClients, installation: string): Promise<Ec2Machine[]> {
    return this.describe(ec2, { Filters: [{ Name: 'tag:mle:installation', Values: [installation] }] });
  }

  byToken({ ec2 }: AwsClients, token: string): Promise<Ec2Machine[]> {
    return this.describe(ec2, { Filters: [{ Name: 'client-token', Values: [token] }] });
  }

  async start({ ec2 }: AwsClients, id: string): Promise<void> {
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  }

  async stop({ ec2 }: AwsClients, id: string): Promise<void> {
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  }

  async reboot({ ec2 }: AwsClients, id: string): Promise<void> {
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
  }

  /** One that is not there any more is terminated. */
  async terminate({ ec2 }: AwsClients, id: string): Promise<void> {
    try {
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    } catch (error) {
      if (!isCode(error, GONE)) throw error;
    }
  }

  async setExpiry({ ec2 }: AwsClients, id: string, endsAt: Date): Promise<void> {
    const Tags = [{ Key: 'mle:expires', Value: endsAt.toISOString() }];
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
  }

  async console({ ec2 }: AwsClients, id: string): Promise<string | null> {
    const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
    return Output === undefined || Output === '' ? null : Buffer.from(Output, 'base64').toString();
  }

  private async describe(ec2: AwsClients['ec2'], input: DescribeInstancesCommandInput): Promise<Ec2Machine[]> {
    const machines: Ec2Machine[] = [];
    let NextToken: string | undefined;
    do {
      const page = await ec2.send(new DescribeInstancesCommand({ ...input, ...(NextToken && { NextToken }) }));
      for (const { Instances = [] } of page.Reservations ?? []) machines.push(...Instances.flatMap(machineOf));
      ({ NextToken } = page);
    } while (NextToken);
    return machines;
  }
}

function machineOf(instance: Instance): Ec2Machine[] {
  const { InstanceId, State, Tags = [], Placement, LaunchTime, StateReason, InstanceType, PublicIpAddress } = instance;
  if (InstanceId === undefined || State?.Name === undefined) return [];
  const tag = (name: string): string | null => Tags.find(({ Key }) => Key === name)?.Value ?? null;
  return [
    {
      id: InstanceId,
      state: State.Name,
      instanceId: tag('mle:instance'),
      server: tag('mle:server'),
      expires: tag('mle:expires'),
      type: InstanceType ?? '',
      zone: Placement?.AvailabilityZone ?? null,
      address: PublicIpAddress ?? null,
      launchedAt: LaunchTime ?? new Date(0),
      why: StateReason?.Code ?? '',
    },
  ];
}
