import {
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { Injectable } from '@nestjs/common';
import type { AwsClients } from '../aws-clients.service.js';
import { isCode } from '../aws-errors.js';

export interface Zone {
  name: string;
  subnetId: string;
}

/** The default network of a region, and the one security group of this installation in it. */
@Injectable()
export class NetworkService {
  /** @throws an error with the code MissingDefaultVpc where there is none. */
  async zones({ ec2 }: AwsClients): Promise<{ vpcId: string; zones: Zone[] }> {
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }));
    const vpcId = Vpcs?.[0]?.VpcId;
    if (vpcId === undefined) throw missingDefault('There is no default VPC.');
    const Filters = [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'default-for-az', Values: ['true'] },
    ];
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
    const zones = Subnets.flatMap(({ AvailabilityZone: name, SubnetId: subnetId }) =>
      name !== undefined && subnetId !== undefined ? [{ name, subnetId }] : [],
    ).sort((a, b) => a.name.localeCompare(b.name));
    if (zones.length === 0) throw missingDefault('The default VPC has no default subnet.');
    return { vpcId, zones };
  }

  /** A group that lets nothing in: machines dial the server. */
  async securityGroup(clients: AwsClients, vpcId: string, installation: string): Promise<string> {
    const name = `mle-${installation}`;
    const known = await this.groupOf(clients, vpcId, name);
    if (known !== null) return known;
    try {
      const { GroupId } = await clients.ec2.send(
        new CreateSecurityGroupCommand({
          GroupName: name,
          Description: 'ML Experimenter: nothing comes in',
          VpcId: vpcId,
          TagSpecifications: [
            { ResourceType: 'security-group', Tags: [{ Key: 'mle:installation', Value: installation }] },
          ],
        }),
      );
      if (GroupId !== undefined) return GroupId;
    } catch (error) {
      if (!isCode(error, 'InvalidGroup.Duplicate')) throw error;
    }
    const made = await this.groupOf(clients, vpcId, name);
    if (made === null) throw new Error('The security group was made and is not found.');
    return made;
  }

  private async groupOf({ ec2 }: AwsClients, vpcId: string, name: string): Promise<string | null> {
    const Filters = [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'group-name', Values: [name] },
    ];
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    return SecurityGroups?.[0]?.GroupId ?? null;
  }
}

function missingDefault(message: string): Error {
  const error = new Error(message);
  error.name = 'MissingDefaultVpc';
  return error;
}
