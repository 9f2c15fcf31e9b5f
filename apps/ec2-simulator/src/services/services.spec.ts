import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { GetProductsCommand, paginateGetProducts, PricingClient } from '@aws-sdk/client-pricing';
import { GetServiceQuotaCommand, paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { UBUNTU } from '../../test/launches.js';
import { failure, type Simulation, startSimulation } from '../../test/simulation.js';

const KEYS = { accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'first secret' };
const TEMPORARY = { accessKeyId: 'ASIA0000000000000002', secretAccessKey: 'second secret', sessionToken: 'a token' };

let simulation: Simulation;

beforeAll(async () => {
  simulation = await startSimulation({
    machines: 'none',
    credentials: [{ ...KEYS, userName: 'learner' }, TEMPORARY],
    quotas: { 'L-DB2E81BA': 12 },
  });
});

afterAll(() => simulation.stop());

const options = (changes: Partial<Simulation['simulator']['clientOptions']> = {}) => ({
  ...simulation.simulator.clientOptions,
  maxAttempts: 1,
  ...changes,
});

test('STS says who calls', async () => {
  const identity = await new STSClient(options()).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/learner' });
  const temporary = await new STSClient(options({ credentials: TEMPORARY })).send(new GetCallerIdentityCommand({}));
  expect(temporary.Account).toBe('123456789012');
});

describe('whoever is not known is refused in the words of each service', () => {
  const unknown = { accessKeyId: 'AKIA9999999999999999', secretAccessKey: 'x' };
  const wrong = { ...KEYS, secretAccessKey: 'not the secret' };
  const expired = { ...TEMPORARY, sessionToken: 'an old token' };
  const ask = {
    ec2: (credentials: typeof KEYS) => simulation.client({ credentials }).send(new DescribeRegionsCommand({})),
    sts: (credentials: typeof KEYS) => new STSClient(options({ credentials })).send(new GetCallerIdentityCommand({})),
    ssm: (credentials: typeof KEYS) =>
      new SSMClient(options({ credentials })).send(new GetParameterCommand({ Name: UBUNTU })),
  };

  test.each<[keyof typeof ask, typeof KEYS, string, number]>([
    ['ec2', unknown, 'AuthFailure', 401],
    ['ec2', wrong, 'AuthFailure', 401],
    ['sts', unknown, 'InvalidClientTokenId', 403],
    ['sts', wrong, 'SignatureDoesNotMatch', 403],
    ['sts', expired, 'InvalidClientTokenId', 403],
    ['ssm', unknown, 'UnrecognizedClientException', 400],
    ['ssm', wrong, 'InvalidSignatureException', 400],
  ])('%s, %j: %s', async (service, credentials, name, httpStatusCode) => {
    expect(await failure(ask[service](credentials))).toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  test('a clock that is off by an hour', async () => {
    const sts = new STSClient({ ...options(), systemClockOffset: -3_600_000 });
    const error = await failure(sts.send(new GetCallerIdentityCommand({})));
    expect(error).toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: expect.stringContaining('Signature expired') as string,
    });
  });

  test('a region that is not enabled', async () => {
    const error = await failure(simulation.client({ region: 'eu-south-1' }).send(new DescribeRegionsCommand({})));
    expect(error).toMatchObject({ name: 'AuthFailure' });
  });

  test('a request without a signature', async () => {
    const response = await fetch(simulation.simulator.endpoint, { method: 'POST', body: 'Action=DescribeInstances' });
    expect(response.status).toBe(403);
    expect(await response.text()).toMatch(
      /<Response><Errors><Error><Code>MissingAuthenticationToken<\/Code>.*<RequestID>/s,
    );
  });
});

test('SSM names the newest images, an own one in each region', async () => {
  const value = async (Name: string, region = 'us-east-1') =>
    (await new SSMClient(options({ region })).send(new GetParameterCommand({ Name }))).Parameter?.Value;
  expect(await value(UBUNTU)).toMatch(/^ami-0[0-9a-f]{16}$/);
  expect(await value(UBUNTU, 'eu-west-1')).not.toBe(await value(UBUNTU));
  const gpu = '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id';
  expect(await value(gpu)).toMatch(/^ami-/);
  expect(await failure(value('/aws/service/canonical/ubuntu/server/4.10/ami-id'))).toMatchObject({
    name: 'ParameterNotFound',
  });
});

test('quotas, one by one and as a list', async () => {
  const client = new ServiceQuotasClient(options());
  const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-DB2E81BA' }));
  expect(Quota).toMatchObject({ Value: 12, QuotaName: 'Running On-Demand G and VT instances' });
  const unknown = client.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-00000000' }));
  expect(await failure(unknown)).toMatchObject({ name: 'NoSuchResourceException' });
  const codes: (string | undefined)[] = [];
  for await (const { Quotas } of paginateListServiceQuotas({ client }, { ServiceCode: 'ec2' })) {
    codes.push(...(Quotas ?? []).map(({ QuotaCode }) => QuotaCode));
  }
  expect(codes).toHaveLength(7);
});

test('prices of a type, of a disk and of an address', async () => {
  const client = new PricingClient(options());
  const price = async (ServiceCode: string, filters: Record<string, string>) => {
    const Filters = Object.entries(filters).map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value }));
    const { PriceList } = await client.send(new GetProductsCommand({ ServiceCode, Filters }));
    expect(PriceList).toHaveLength(1);
    return /"USD":"([\d.]+)"/.exec(String(PriceList?.[0]))?.[1];
  };
  const region = { regionCode: 'us-east-1' };
  expect(
    await price('AmazonEC2', { ...region, instanceType: 'g5.xlarge', operatingSystem: 'Linux', tenancy: 'Shared' }),
  ).toBe('1.0060000000');
  expect(await price('AmazonEC2', { ...region, volumeApiName: 'gp3', productFamily: 'Storage' })).toBe('0.0800000000');
  expect(await price('AmazonVPC', region)).toBe('0.0050000000');
  let pages = 0;
  for await (const { PriceList } of paginateGetProducts({ client }, { ServiceCode: 'AmazonEC2' }))
    pages += PriceList === undefined ? 0 : 1;
  expect(pages).toBeGreaterThan(5);
});

test('faults and the record of calls cover each service', async () => {
  const { simulator } = simulation;
  await simulator.addFault({ action: 'GetCallerIdentity', code: 'ExpiredToken' });
  await simulator.addFault({ action: 'GetServiceQuota', code: 'AccessDeniedException' });
  expect(await failure(new STSClient(options()).send(new GetCallerIdentityCommand({})))).toMatchObject({
    name: 'ExpiredToken',
  });
  const quota = new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-DB2E81BA' });
  expect(await failure(new ServiceQuotasClient(options()).send(quota))).toMatchObject({
    name: 'AccessDeniedException',
  });
  const calls = await simulator.calls();
  expect(calls.slice(-2)).toMatchObject([
    { action: 'GetCallerIdentity', error: 'ExpiredToken', accessKeyId: KEYS.accessKeyId, region: 'us-east-1' },
    { action: 'GetServiceQuota', error: 'AccessDeniedException' },
  ]);
});
