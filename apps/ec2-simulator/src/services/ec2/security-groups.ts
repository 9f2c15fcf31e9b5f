import { ACCOUNT_ID } from '../../account/callers.js';
import { createSecurityGroup, type SecurityGroup } from '../../account/network.js';
import { setTags } from '../../account/resource.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';
import type { Ec2Call } from './ec2-call.js';
import { type Fields, filtered, TAG_FIELDS } from './filters.js';
import { findGroup } from './launch-network.js';
import { permissionsView, readRules, ruleKey, ruleView } from './security-rules.js';
import { readTagSpecifications, tagSet } from './tag-lists.js';

const FIELDS: Fields<SecurityGroup> = {
  ...TAG_FIELDS,
  'group-id': ({ id }) => id,
  'group-name': ({ name }) => name,
  'vpc-id': ({ vpc }) => vpc.id,
  description: ({ description }) => description,
  'owner-id': () => ACCOUNT_ID,
};

export function describeSecurityGroups(call: Ec2Call): XmlObject {
  const { parameters, region } = call;
  const ids = parameters.list('GroupId');
  const names = parameters.list('GroupName');
  const all = [...region.groups.values()];
  const missing = names.find((name) => !all.some((group) => group.name === name));
  if (missing !== undefined)
    throw new ServiceError('InvalidGroup.NotFound', `The security group '${missing}' does not exist`);
  const byId = ids.length === 0 ? all : ids.map((id) => findGroup(region, id));
  const groups = byId.filter(({ name }) => names.length === 0 || names.includes(name));
  const { items, nextToken } = call.page(filtered(groups, parameters, FIELDS, ({ tags }) => tags));
  return { securityGroupInfo: items.map(groupView), nextToken };
}

export function createGroup(call: Ec2Call): XmlObject {
  const { parameters, region } = call;
  const name = parameters.required('GroupName');
  const description = parameters.required('GroupDescription');
  const form = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
  if (!form.test(name) || !form.test(description) || name.startsWith('sg-')) {
    throw new ServiceError('InvalidParameterValue', `Invalid security group name or description: '${name}'.`);
  }
  const vpcId = parameters.text('VpcId');
  const vpc = vpcId === undefined ? region.defaultVpc : region.vpcs.get(vpcId);
  if (vpc === undefined && vpcId !== undefined)
    throw new ServiceError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
  if (vpc === undefined) throw new ServiceError('VPCIdNotSpecified', 'No default VPC for this user');
  if ([...region.groups.values()].some((group) => group.name === name && group.vpc === vpc)) {
    throw new ServiceError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
  }
  const group = createSecurityGroup(name, description, vpc);
  setTags(
    group,
    readTagSpecifications(parameters, ['security-group']).get('security-group') ?? new Map<string, string>(),
  );
  call.endDryRun();
  region.groups.set(group.id, group);
  return { return: true, groupId: group.id, tagSet: tagSet(group.tags) };
}

export function authorizeIngress(call: Ec2Call): XmlObject {
  const group = groupOfCall(call);
  const rules = readRules(call.parameters);
  for (const rule of rules) {
    if (!group.inbound.some((known) => ruleKey(known) === ruleKey(rule))) continue;
    throw new ServiceError('InvalidPermission.Duplicate', 'the specified rule already exists');
  }
  call.endDryRun();
  group.inbound.push(...rules);
  return { return: true, securityGroupRuleSet: rules.map((rule) => ruleView(group, rule)) };
}

export function revokeIngress(call: Ec2Call): XmlObject {
  const group = groupOfCall(call);
  const ids = call.parameters.list('SecurityGroupRuleId');
  const keys = ids.length > 0 ? [] : readRules(call.parameters).map(ruleKey);
  const found = group.inbound.filter((rule) => ids.includes(rule.id) || keys.includes(ruleKey(rule)));
  if (found.length < ids.length + keys.length) {
    throw new ServiceError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  call.endDryRun();
  group.inbound = group.inbound.filter((rule) => !found.includes(rule));
  return { return: true };
}

export function deleteGroup(call: Ec2Call): XmlObject {
  const group = groupOfCall(call);
  if (group.name === 'default') {
    throw new ServiceError(
      'CannotDelete',
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  }
  const isUsed = [...call.region.instances.values()].some(
    ({ state, groups }) => state !== 'terminated' && groups.includes(group),
  );
  const isSource = [...call.region.groups.values()].some(
    (other) =>
      other !== group && other.inbound.some(({ source }) => 'groupId' in source && source.groupId === group.id),
  );
  if (isUsed || isSource) throw new ServiceError('DependencyViolation', `resource ${group.id} has a dependent object`);
  call.endDryRun();
  call.region.groups.delete(group.id);
  return { return: true, groupId: group.id };
}

function groupOfCall({ parameters, region }: Ec2Call): SecurityGroup {
  const name = parameters.text('GroupName');
  if (name === undefined) return findGroup(region, parameters.required('GroupId'));
  const group = [...region.groups.values()].find((candidate) => candidate.name === name);
  if (group === undefined)
    throw new ServiceError('InvalidGroup.NotFound', `The security group '${name}' does not exist`);
  return group;
}

function groupView(group: SecurityGroup): XmlObject {
  return {
    ownerId: ACCOUNT_ID,
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    vpcId: group.vpc.id,
    ipPermissions: permissionsView(group.inbound),
    ipPermissionsEgress: [
      { ipProtocol: '-1', groups: [], ipRanges: [{ cidrIp: '0.0.0.0/0' }], ipv6Ranges: [], prefixListIds: [] },
    ],
    tagSet: tagSet(group.tags),
  };
}
