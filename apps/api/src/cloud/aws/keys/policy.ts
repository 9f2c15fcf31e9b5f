const READS = [
  'ec2:DescribeRegions',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeSpotPriceHistory',
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeInstances',
  'servicequotas:GetServiceQuota',
  'pricing:GetProducts',
];
const LAUNCHED = ['instance', 'volume', 'network-interface', 'spot-instances-request'];
const arns = (kinds: readonly string[]): string[] => kinds.map((kind) => `arn:aws:ec2:*:*:${kind}/*`);

/** The least that the keys need, as an IAM policy to copy: only what carries the installation's tag can be changed. */
export function policyFor(installation: string): string {
  const ours = (key: string) => ({ StringEquals: { [`${key}/mle:installation`]: installation } });
  const statement = (Sid: string, Action: string | string[], Resource: string | string[], Condition?: object) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition && { Condition }),
  });
  const policy = {
    Version: '2012-10-17',
    Statement: [
      statement('Read', READS, '*'),
      statement('PublicImages', 'ssm:GetParameter', [
        'arn:aws:ssm:*::parameter/aws/service/canonical/*',
        'arn:aws:ssm:*::parameter/aws/service/deeplearning/*',
      ]),
      statement('LaunchFrom', 'ec2:RunInstances', [
        'arn:aws:ec2:*::image/ami-*',
        ...arns(['subnet', 'security-group']),
      ]),
      statement('LaunchTaggedOnly', 'ec2:RunInstances', arns(LAUNCHED), ours('aws:RequestTag')),
      statement('TagAtCreation', 'ec2:CreateTags', arns([...LAUNCHED, 'security-group']), {
        StringEquals: { 'ec2:CreateAction': ['RunInstances', 'CreateSecurityGroup'] },
      }),
      statement(
        'ManageOnlyOurs',
        [
          ...[
            'ec2:TerminateInstances',
            'ec2:StopInstances',
            'ec2:StartInstances',
            'ec2:RebootInstances',
            'ec2:GetConsoleOutput',
            'ec2:CreateTags',
          ],
          // Of the group of machines that are dialled: the one address that it lets in.
          ...['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
        ],
        '*',
        ours('aws:ResourceTag'),
      ),
      statement('SecurityGroup', 'ec2:CreateSecurityGroup', arns(['security-group', 'vpc'])),
      statement(
        'SpotServiceRoleOnce',
        'iam:CreateServiceLinkedRole',
        'arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/*',
        { StringEquals: { 'iam:AWSServiceName': 'spot.amazonaws.com' } },
      ),
    ],
  };
  return JSON.stringify(policy, null, 2);
}
