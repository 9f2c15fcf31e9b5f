const QUOTAS = 'https://console.aws.amazon.com/servicequotas/home/services/ec2/quotas';
const POLICY = 'Settings, AWS has the policy that the keys need, to copy.';

/**
 * What each error of AWS means and what to do, by its code; the text that AWS sends may tell more. `vcpus` are those of
 * the type that was to be launched.
 */
export const SENTENCES: Record<string, (message: string, vcpus?: number) => string> = {
  AuthFailure: () => 'AWS does not accept the keys for this region. Check the keys, and that the region is enabled.',
  InvalidClientTokenId: () => 'AWS does not know the key id. Enter keys that exist and are active in Settings, AWS.',
  SignatureDoesNotMatch: () =>
    "The secret key does not belong to the key id, or this server's clock is off. Enter both keys again, and check the clock.",
  ExpiredToken: () => 'The keys have expired. Enter new ones in Settings, AWS.',
  MissingCredentials: () =>
    'There are no keys for AWS. Enter them in Settings, AWS, or give the server an instance role.',
  MissingRegion: () => 'No region is chosen. Choose one in Settings, AWS.',
  UnauthorizedOperation: (message) => {
    const [, action] = /perform:? ([\w-]+:\w+)/.exec(message) ?? [];
    return `The keys may not do this${action === undefined ? '' : ` (${action})`}. Give their user the permission. ${POLICY}`;
  },
  OptInRequired: () =>
    'The account is not signed up for EC2, or the region is not enabled. Enable it in the AWS console.',
  PendingVerification: () =>
    'AWS is still checking the account, which takes up to four hours for a new one. Try again later.',
  Blocked: () => 'AWS has blocked the account. Write to AWS support from the AWS console.',
  FreeTierOnly: () =>
    'The account is on the free plan, and this type is not part of it. Choose a type marked as free tier, or upgrade the plan in the AWS console.',
  VcpuLimitExceeded: (message, vcpus) => {
    const [, limit] = /limit of (\d{1,9})/.exec(message) ?? [];
    const needs = vcpus === undefined ? 'more vCPUs' : `${vcpus} vCPUs, more`;
    const most = limit === undefined ? '' : `: its limit is ${limit}`;
    return `This needs ${needs} than the account may have at once${most}. Terminate something, choose a smaller type, or ask for more at ${QUOTAS}.`;
  },
  MaxSpotInstanceCountExceeded: () =>
    `The account may have no more spot instances of this kind. Buy on demand, or ask for more at ${QUOTAS}.`,
  SpotServiceRole: () =>
    `The account has never used spot instances, and the keys may not make the role for it. Launch one spot instance in the AWS console once, or give the permission. ${POLICY}`,
  InsufficientInstanceCapacity: () =>
    'AWS has no free machine of this type in any zone of the region now. Try another type or region, or try later.',
  InsufficientFreeAddressesInSubnet: () =>
    'The default subnets of the region have no free addresses. Remove what uses them, or choose another region.',
  Unsupported: () => 'No zone of the region offers what was asked for. Choose another type or region.',
  MissingDefaultVpc: () =>
    'The region has no default network. Make one in the AWS console (VPC, Actions, Create default VPC), or choose another region.',
  SpotMaxPriceTooLow: () => 'Spot costs more than on demand now. Buy on demand, or try later.',
  'InvalidAMIID.NotFound': () =>
    'There is no such image in the region. Choose the automatic one, or an id of this region.',
  'InvalidAMIID.Malformed': () => 'This is no id of an image. It looks like ami-0123456789abcdef0.',
  'InvalidAMIID.Unavailable': () => 'The image is not available. Choose the automatic one.',
  'InvalidSubnetID.NotFound': () => 'A subnet was removed while the launch was under way. Launch again.',
  'InvalidGroup.NotFound': () => 'The security group was removed while the launch was under way. Launch again.',
  InvalidInstanceType: () => 'AWS does not know this type in this region. Choose another one.',
  UserDataTooLong: () =>
    'The script for the first boot is too long for AWS. This is an error of this program: report it.',
  RequestLimitExceeded: () => 'AWS asks for fewer requests. This goes on by itself in a moment.',
  IdempotentParameterMismatch: () => 'AWS has the launch already. It is looked for by its token.',
  'InvalidInstanceID.NotFound': () => 'AWS does not know the instance, or not yet. It is looked for again.',
  DependencyViolation: () => 'Something else in the account still uses this. Remove that first.',
  network: () => 'AWS cannot be reached from this server. Check its connection, and the proxy if there is one.',
};
