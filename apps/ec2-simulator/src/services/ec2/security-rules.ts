import { isIP } from 'node:net';
import { ACCOUNT_ID } from '../../account/callers.js';
import type { SecurityGroup, SecurityRule } from '../../account/network.js';
import { resourceId } from '../../base/random-id.js';
import type { Parameters } from '../../wire/parameters.js';
import { ServiceError } from '../../wire/service-error.js';
import type { XmlObject } from '../../wire/xml.js';

/** One rule for each source of each permission of a call. */
export function readRules(parameters: Parameters): SecurityRule[] {
  const permissions = parameters.structures('IpPermissions');
  const all = permissions.length === 0 && parameters.has('IpProtocol') ? [parameters] : permissions;
  const rules = all.flatMap((permission) => {
    const ports = readPorts(permission);
    return readSources(permission).map((source): SecurityRule => ({ id: resourceId('sgr'), ...ports, ...source }));
  });
  if (rules.length === 0)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter ipPermissions');
  return rules;
}

function readPorts(permission: Parameters): Pick<SecurityRule, 'protocol' | 'fromPort' | 'toPort'> {
  const protocol = permission.required('IpProtocol');
  if (protocol === '-1') return { protocol, fromPort: -1, toPort: -1 };
  const fromPort = permission.integer('FromPort') ?? -1;
  const toPort = permission.integer('ToPort') ?? fromPort;
  if (!['tcp', 'udp', 'icmp'].includes(protocol))
    throw invalid(`Invalid value '${protocol}' for IP protocol. Unknown protocol.`);
  if (protocol !== 'icmp' && (fromPort < 0 || toPort < fromPort || toPort > 65_535))
    throw invalid('Invalid TCP/UDP port range');
  return { protocol, fromPort, toPort };
}

type Source = Pick<SecurityRule, 'source' | 'description'>;

function readSources(permission: Parameters): Source[] {
  const described = (range: Parameters): Pick<SecurityRule, 'description'> => {
    const description = range.text('Description');
    return description === undefined ? {} : { description };
  };
  const plain = permission.text('CidrIp');
  return [
    ...(plain === undefined ? [] : [{ source: { cidr: checked(plain, 4) } }]),
    ...permission
      .structures('IpRanges')
      .map((range) => ({ source: { cidr: checked(range.required('CidrIp'), 4) }, ...described(range) })),
    ...permission
      .structures('Ipv6Ranges')
      .map((range) => ({ source: { cidrV6: checked(range.required('CidrIpv6'), 6) }, ...described(range) })),
    ...permission
      .structures('Groups')
      .map((group) => ({ source: { groupId: group.required('GroupId') }, ...described(group) })),
  ];
}

function checked(cidr: string, version: 4 | 6): string {
  const [address = '', bits = ''] = cidr.split('/');
  const most = version === 4 ? 32 : 128;
  if (isIP(address) === version && /^\d{1,3}$/.test(bits) && Number(bits) <= most) return cidr;
  throw invalid(`CIDR block ${cidr} is malformed`);
}

/** Two rules with the same key open the same. */
export function ruleKey({ protocol, fromPort, toPort, source }: SecurityRule): string {
  return JSON.stringify([protocol, fromPort, toPort, source]);
}

export function ruleView(group: SecurityGroup, rule: SecurityRule): XmlObject {
  const { source } = rule;
  return {
    securityGroupRuleId: rule.id,
    groupId: group.id,
    groupOwnerId: ACCOUNT_ID,
    isEgress: false,
    ipProtocol: rule.protocol,
    fromPort: rule.fromPort,
    toPort: rule.toPort,
    cidrIpv4: 'cidr' in source ? source.cidr : undefined,
    cidrIpv6: 'cidrV6' in source ? source.cidrV6 : undefined,
    referencedGroupInfo: 'groupId' in source ? { groupId: source.groupId, userId: ACCOUNT_ID } : undefined,
    description: rule.description,
  };
}

/** Rules as the service lists them: those of the same protocol and ports together. */
export function permissionsView(rules: readonly SecurityRule[]): XmlObject[] {
  const keys = new Set(rules.map(({ protocol, fromPort, toPort }) => `${protocol} ${fromPort} ${toPort}`));
  return [...keys].map((key) => {
    const [protocol = '', from, to] = key.split(' ');
    const same = rules.filter((rule) => `${rule.protocol} ${rule.fromPort} ${rule.toPort}` === key);
    return {
      ipProtocol: protocol,
      ...(protocol === '-1' ? {} : { fromPort: Number(from), toPort: Number(to) }),
      groups: same.flatMap(({ source }) =>
        'groupId' in source ? { groupId: source.groupId, userId: ACCOUNT_ID } : [],
      ),
      ipRanges: same.flatMap(({ source, description }) =>
        'cidr' in source ? { cidrIp: source.cidr, description } : [],
      ),
      ipv6Ranges: same.flatMap(({ source, description }) =>
        'cidrV6' in source ? { cidrIpv6: source.cidrV6, description } : [],
      ),
      prefixListIds: [],
    };
  });
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}
