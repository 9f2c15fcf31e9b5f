import { type AwsFailure, inWords } from './aws-errors.js';
import { SENTENCES } from './error-sentences.js';

/** As the SDK throws it. */
function thrown(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'the-request' } });
}

const POLICY = 'Settings, AWS has the policy';

type Case = [name: string, message: string, words: string, verdict: AwsFailure['verdict'], status?: number];

// The messages are those of AWS.
it.each<Case>([
  ['AuthFailure', 'AWS was not able to validate the provided access credentials', 'Check the keys', 'final'],
  ['InvalidClientTokenId', 'The security token included in the request is invalid.', 'Enter keys', 'final'],
  ['UnrecognizedClientException', 'The security token included in the request is invalid.', 'Enter keys', 'final'],
  ['SignatureDoesNotMatch', 'Signature not yet current: 20260101T000000Z', "this server's clock is off", 'final'],
  ['ExpiredToken', 'The security token included in the request is expired', 'Enter new ones', 'final'],
  ['RequestExpired', 'Request has expired.', 'Enter new ones', 'final'],
  ['CredentialsProviderError', 'Could not load credentials from any providers', 'instance role', 'final'],
  ['Error', 'Region is missing', 'Choose one in Settings', 'final'],
  [
    'UnauthorizedOperation',
    'You are not authorized to perform this operation. User: arn:aws:iam::1:user/a is not authorized to perform: ec2:RunInstances on resource: x',
    '(ec2:RunInstances)',
    'final',
  ],
  ['AccessDenied', 'User: arn:x is not authorized to perform: sts:GetCallerIdentity', POLICY, 'final'],
  ['OptInRequired', 'You are not subscribed to this service.', 'Enable it in the AWS console', 'final'],
  [
    'PendingVerification',
    'Your request for accessing resources in this region is being validated',
    'up to four hours',
    'final',
  ],
  ['Blocked', 'This account is currently blocked', 'AWS support', 'final'],
  [
    'InvalidParameterCombination',
    'The specified instance type is not eligible for Free Tier.',
    'marked as free tier',
    'final',
  ],
  [
    'VcpuLimitExceeded',
    'You have requested more vCPU capacity than your current vCPU limit of 5 allows for the instance bucket',
    'This needs 8 vCPUs, more than the account may have at once: its limit is 5.',
    'final',
  ],
  ['MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded', 'Buy on demand', 'elsewhere'],
  [
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    'The provided credentials do not have permission to create the service-linked role',
    'one spot instance in the AWS console',
    'final',
  ],
  [
    'InsufficientInstanceCapacity',
    'We currently do not have sufficient capacity',
    'Try another type',
    'elsewhere',
    500,
  ],
  ['Unsupported', 'Your requested instance type is not supported in your Availability Zone', 'Choose', 'elsewhere'],
  ['InsufficientFreeAddressesInSubnet', 'Not enough free addresses', 'no free addresses', 'elsewhere'],
  ['VPCIdNotSpecified', 'No default VPC for this user', 'Create default VPC', 'final'],
  ['MissingInput', 'No subnets found for the default VPC', 'Create default VPC', 'final'],
  ['SpotMaxPriceTooLow', 'Your Spot request price of 0.1 is lower', 'Buy on demand', 'elsewhere'],
  ['InvalidAMIID.NotFound', "The image id '[ami-1]' does not exist", 'no such image', 'final'],
  ['InvalidAMIID.Malformed', 'Invalid id: "x"', 'ami-0123456789abcdef0', 'final'],
  ['InvalidSubnetID.NotFound', "The subnet ID 'subnet-1' does not exist", 'Launch again', 'elsewhere'],
  ['InvalidGroup.NotFound', "The security group 'sg-1' does not exist", 'Launch again', 'final'],
  [
    'InvalidParameterValue',
    'Invalid value x9.large for InstanceType.',
    'does not know this type in this region',
    'final',
  ],
  ['InvalidParameterValue', 'User data is limited to 16384 bytes', 'too long for AWS', 'final'],
  ['RequestLimitExceeded', 'Request limit exceeded.', 'goes on by itself', 'unclear', 503],
  ['IdempotentParameterMismatch', 'The client token was used', 'looked for by its token', 'final'],
  ['InvalidInstanceID.NotFound', "The instance ID 'i-1' does not exist", 'looked for again', 'final'],
  ['DependencyViolation', 'resource sg-1 has a dependent object', 'Remove that first', 'final'],
  ['TimeoutError', 'Connection timed out', 'Check its connection', 'unclear'],
  ['SomethingNew', 'Nobody has seen this', 'refused the request with SomethingNew', 'final'],
  ['SomethingNew', 'Nobody has seen this', 'It may pass', 'unclear', 500],
])('says of %s (%s) what to do', (name, message, words, verdict, status = 400) => {
  const told = inWords(thrown(name, message, status), 8);
  expect(told.sentence).toContain(words);
  expect(told.sentence).toMatch(/\.$/);
  expect(told).toMatchObject({ verdict, detail: `${name}: ${message}`, requestId: 'the-request' });
});

it('is silent of what it does not know', () => {
  expect(inWords(thrown('VcpuLimitExceeded', 'No')).sentence).toContain('This needs more vCPUs than the account');
  expect(inWords('text')).toMatchObject({ detail: 'unknown: text', requestId: null });
  expect(Object.values(SENTENCES).every((sentence) => sentence('').endsWith('.'))).toBe(true);
});
