import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { Buy } from '@mle/protocol';

export interface LaunchFacts {
  clientToken: string;
  type: string;
  imageId: string;
  rootDevice: string;
  diskGb: number;
  buy: Buy;
  subnetId: string;
  securityGroupId: string;
  userData: string;
  tags: Record<string, string>;
}

const TAGGED = ['instance', 'volume', 'network-interface'] as const;

/** The request for one machine, which carries all that keeps it from being forgotten. */
export function launchRequest(facts: LaunchFacts): RunInstancesCommandInput {
  const { buy, tags } = facts;
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    ClientToken: facts.clientToken,
    MinCount: 1,
    MaxCount: 1,
    ImageId: facts.imageId,
    InstanceType: facts.type as RunInstancesCommandInput['InstanceType'],
    InstanceInitiatedShutdownBehavior: 'terminate',
    UserData: Buffer.from(facts.userData).toString('base64'),
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: facts.subnetId,
        Groups: [facts.securityGroupId],
        AssociatePublicIpAddress: true,
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: facts.rootDevice,
        Ebs: { VolumeSize: facts.diskGb, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
      },
    ],
    // A request for spot is tagged too, and without a price of its own it costs at most what it does on demand.
    ...(buy === 'spot' && {
      InstanceMarketOptions: {
        MarketType: 'spot',
        SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' },
      },
    }),
    TagSpecifications: [...TAGGED, ...(buy === 'spot' ? (['spot-instances-request'] as const) : [])].map((kind) => ({
      ResourceType: kind,
      Tags,
    })),
  };
}
