import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { Way } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import type { AwsClients } from '../aws-clients.service.js';
import { isCode } from '../aws-errors.js';

const DESCRIPTIONS: Record<Way, string> = {
  join: 'ML Experimenter: nothing comes in',
  dial: 'ML Experimenter: the server dials from one address',
};

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

  /** A group that lets nothing in where machines dial the server, or one address where the server dials them. */
  async securityGroup(clients: AwsClients, vpcId: string, installation: string, way: Way): Promise<string> {
    const name = way === 'join' ? `mle-${installation}` : `mle-${installation}-dial`;
    const known = await this.groupOf(clients, vpcId, name);
    if (known !== null) return known;
    try {
      const { GroupId } = await clients.ec2.send(
        new CreateSecurityGroupCommand({
          GroupName: name,
          Description: DESCRIPTIONS[way],
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

  /** Lets in this address at this port and no other. */
  async letIn({ ec2 }: AwsClients, GroupId: string, address: string, port: number): Promise<void> {
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    const permissions = SecurityGroups?.[0]?.IpPermissions ?? [];
    const own = `${address}/32`;
    const old = permissions.flatMap(({ IpProtocol, FromPort, ToPort, IpRanges = [] }) =>
      IpRanges.filter(({ CidrIp }) => CidrIp !== own).map(({ CidrIp }) => ({
        ...{ IpProtocol, FromPort, ToPort },
        IpRanges: [{ CidrIp }],
      })),
    );
    if (!permissions.some(({ IpRanges = [] }) => IpRanges.some(({ CidrIp }) => CidrIp === own))) {
      const rule = { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: own }] };
      try {
        await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
      } catch (error) {
        if (!isCode(error, 'InvalidPermission.Duplicate')) throw error;
      }
    }
    if (old.length > 0) await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: old }));
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
