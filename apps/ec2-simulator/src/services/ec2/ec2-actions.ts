import { describeImages, describeInstanceTypeOfferings, describeInstanceTypes } from './catalogue-lists.js';
import type { Ec2Handler } from './ec2-call.js';
import {
  getConsoleOutput,
  rebootInstances,
  startInstances,
  stopInstances,
  terminateInstances,
} from './instance-actions.js';
import { describeInstances, describeInstanceStatus } from './instance-lists.js';
import { describeAvailabilityZones, describeRegions, describeSubnets, describeVpcs } from './network-lists.js';
import { runInstances } from './run-instances.js';
import {
  authorizeIngress,
  createGroup,
  deleteGroup,
  describeSecurityGroups,
  revokeIngress,
} from './security-groups.js';
import { describeSpotPriceHistory } from './spot-prices.js';
import { createTags, deleteTags, describeTags } from './tags.js';
import { deleteVolume, describeVolumes } from './volumes.js';

/** Every call of the EC2 Query API that is imitated. */
export const EC2_ACTIONS: ReadonlyMap<string, Ec2Handler> = new Map<string, Ec2Handler>([
  ['RunInstances', runInstances],
  ['DescribeInstances', describeInstances],
  ['DescribeInstanceStatus', describeInstanceStatus],
  ['StartInstances', startInstances],
  ['StopInstances', stopInstances],
  ['RebootInstances', rebootInstances],
  ['TerminateInstances', terminateInstances],
  ['GetConsoleOutput', getConsoleOutput],
  ['DescribeInstanceTypes', describeInstanceTypes],
  ['DescribeInstanceTypeOfferings', describeInstanceTypeOfferings],
  ['DescribeImages', describeImages],
  ['DescribeVpcs', describeVpcs],
  ['DescribeSubnets', describeSubnets],
  ['DescribeAvailabilityZones', describeAvailabilityZones],
  ['DescribeRegions', describeRegions],
  ['DescribeSecurityGroups', describeSecurityGroups],
  ['CreateSecurityGroup', createGroup],
  ['AuthorizeSecurityGroupIngress', authorizeIngress],
  ['RevokeSecurityGroupIngress', revokeIngress],
  ['DeleteSecurityGroup', deleteGroup],
  ['CreateTags', createTags],
  ['DeleteTags', deleteTags],
  ['DescribeTags', describeTags],
  ['DescribeSpotPriceHistory', describeSpotPriceHistory],
  ['DescribeVolumes', describeVolumes],
  ['DeleteVolume', deleteVolume],
]);
