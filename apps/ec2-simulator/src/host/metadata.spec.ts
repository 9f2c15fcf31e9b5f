import { CreateTagsCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { find } from '../../test/launches.js';
import { namespacesWork, RunningSimulation } from '../../test/machines.js';

const BASE = '"${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}/latest"';
const TOKEN = `$(curl -sf -X PUT ${BASE}/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 60")`;
const get = (path: string): string => `curl -sf -H "X-aws-ec2-metadata-token: ${TOKEN}" ${BASE}/${path}`;
const status = (request: string): string => `curl -s -o /dev/null -w '%{http_code}' ${request}`;

const STRICT: Partial<RunInstancesCommandInput> = {
  MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, InstanceMetadataTags: 'enabled' },
  TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'mle:installation', Value: 'one' }] }],
};

describe.each<['namespaces' | 'folder', string]>([
  ['namespaces', ''],
  // Where there are namespaces, these tell the same again.
  ['folder', namespacesWork ? '@full' : ''],
])('the metadata service of machines in %s %s', (machines) => {
  // Most containers have no namespaces to give: the tests that need them are counted as skipped there.
  const isPossible = machines === 'folder' || namespacesWork;
  const when = isPossible ? test : test.skip;
  let simulation: RunningSimulation;

  beforeAll(async () => {
    const options = { machines: isPossible ? machines : ('none' as const) };
    simulation = await RunningSimulation.start({ ...options, timings: { spotNotice: 60_000 } });
  });

  afterAll(() => simulation.stop());

  when('tells an instance about itself, for a token', async () => {
    const id = await simulation.boot('echo "I am user-data"', STRICT);
    const instance = await find(simulation.ec2, id);
    expect(await simulation.ask(id, get('meta-data/instance-id'))).toBe(id);
    expect(await simulation.ask(id, get('meta-data/placement/availability-zone'))).toBe(
      instance?.Placement?.AvailabilityZone,
    );
    expect(await simulation.ask(id, get('meta-data/public-ipv4'))).toBe(instance?.PublicIpAddress);
    expect((await simulation.ask(id, get('meta-data/'))).split('\n')).toEqual(
      expect.arrayContaining(['ami-id', 'placement/', 'tags/']),
    );
    expect(await simulation.ask(id, get('user-data'))).toContain('echo "I am user-data"');
    expect(JSON.parse(await simulation.ask(id, get('dynamic/instance-identity/document')))).toMatchObject({
      instanceId: id,
      accountId: '123456789012',
      region: 'us-east-1',
    });
    expect(await simulation.ask(id, get('meta-data/tags/instance/mle:installation'))).toBe('one');
    const tag = { Key: 'mle:installation', Value: 'two' };
    await simulation.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [tag] }));
    expect(await simulation.ask(id, get('meta-data/tags/instance/mle:installation'))).toBe('two');
  });

  when('refuses whoever has no token, or a wrong one, or comes through a proxy', async () => {
    const id = await simulation.boot('true', STRICT);
    expect(await simulation.ask(id, status(`${BASE}/meta-data/instance-id`))).toBe('401');
    expect(await simulation.ask(id, status(`-H "X-aws-ec2-metadata-token: ${TOKEN}x" ${BASE}/meta-data/`))).toBe('401');
    expect(await simulation.ask(id, status(`-X PUT ${BASE}/api/token`))).toBe('400');
    const proxied = '-H "X-aws-ec2-metadata-token-ttl-seconds: 60" -H "X-Forwarded-For: 10.0.0.1"';
    expect(await simulation.ask(id, status(`-X PUT ${proxied} ${BASE}/api/token`))).toBe('403');
    expect(await simulation.ask(id, status(`-H "X-aws-ec2-metadata-token: ${TOKEN}" ${BASE}/meta-data/nothing`))).toBe(
      '404',
    );
    // The token of one instance is none of another's.
    const other = await simulation.boot('true', STRICT);
    const token = await simulation.ask(other, `echo ${TOKEN}`);
    expect(await simulation.ask(id, status(`-H "X-aws-ec2-metadata-token: ${token}" ${BASE}/meta-data/`))).toBe('401');
    expect(await simulation.ask(other, status(`-H "X-aws-ec2-metadata-token: ${token}" ${BASE}/meta-data/`))).toBe(
      '200',
    );
  });

  when('answers without a token where the instance allows it, and not at all where it is off', async () => {
    const loose = await simulation.boot('true');
    expect(await simulation.ask(loose, `curl -sf ${BASE}/meta-data/instance-id`)).toBe(loose);
    expect(await simulation.ask(loose, status(`${BASE}/meta-data/tags/`))).toBe('404');
    const off = await simulation.boot('true', { MetadataOptions: { HttpEndpoint: 'disabled' } });
    expect(await simulation.ask(off, status(`${BASE}/meta-data/instance-id`))).toBe('403');
  });

  when('announces the interruption of a spot instance', async () => {
    const id = await simulation.boot('true', { ...STRICT, InstanceMarketOptions: { MarketType: 'spot' } });
    expect((await simulation.simulator.run(id, get('meta-data/spot/instance-action'))).code).not.toBe(0);
    await simulation.simulator.interrupt(id);
    expect(JSON.parse(await simulation.ask(id, get('meta-data/spot/instance-action')))).toEqual({
      action: 'terminate',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    });
  });
});

// As above.
(namespacesWork ? test : test.skip)(
  'rules for packets keep a user from the metadata service, and nobody else',
  async () => {
    const simulation = await RunningSimulation.start({ machines: 'namespaces' });
    const id = await simulation.boot(`
useradd --system mle-run
cat > /etc/mle.nft <<RULES
table inet mle {
  chain output {
    type filter hook output priority 0;
    ip daddr 169.254.169.254 meta skuid "mle-run" drop
  }
}
RULES
nft -f /etc/mle.nft
`);
    const address = 'http://169.254.169.254/latest/meta-data/instance-id';
    expect(await simulation.ask(id, `curl -sf --max-time 5 ${address}`)).toBe(id);
    const asUser = await simulation.simulator.run(
      id,
      `setpriv --reuid=mle-run --clear-groups curl -sf --max-time 1 ${address}`,
    );
    expect([asUser.code === 0, asUser.stdout]).toEqual([false, '']);
    expect(await simulation.ask(id, 'nft list ruleset')).toContain('skuid');
    await simulation.stop();
  },
);
