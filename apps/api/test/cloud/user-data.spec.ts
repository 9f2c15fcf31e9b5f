import { resolve } from 'node:path';
import {
  DescribeInstancesCommand,
  EC2Client,
  GetConsoleOutputCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { JoinTokenView, MachineView } from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { userData } from '../../src/cloud/aws/user-data/user-data.js';
import { type ApiUnderTest, startApi } from '../api.js';

const BUNDLE = resolve(import.meta.dirname, '../../../../dist/apps/worker/worker.mjs');
const LIFETIME_MS = 3 * 3_600_000;

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let simulator: Simulator;
let ec2: EC2Client;

beforeAll(async () => {
  parts = await startParts();
  [api, simulator] = await Promise.all([
    startApi(parts, { workerBundle: BUNDLE }),
    startSimulator({ machines: 'folder' }),
  ]);
  ada = await api.signUp('ada');
  ec2 = new EC2Client(simulator.clientOptions);
});
afterAll(async () => {
  ec2?.destroy();
  await simulator?.stop();
  await api?.close();
  await parts?.stop();
});

async function imageId(): Promise<string> {
  const ssm = new SSMClient(simulator.clientOptions);
  const Name = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id';
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
  ssm.destroy();
  return Parameter?.Value ?? '';
}

const stateOf = async (id: string): Promise<string | undefined> => {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.State?.Name;
};
const untilState = (id: string, state: string) =>
  until(`${id} is ${state}`, async () => (await stateOf(id).catch(() => undefined)) === state);

const machine = async (): Promise<MachineView | undefined> =>
  (await ada.get<{ items: MachineView[] }>('machines')).body.items.find(({ name }) => name === 'from the cloud');
const untilOnline = (online: boolean) =>
  until(`the machine is ${online ? 'online' : 'gone'}`, async () => ((await machine())?.state === 'online') === online);

/** Runs a program on the machine and gives what it said. */
async function run(text: string): Promise<string> {
  const project = await ada.createProject(`p${Math.random().toString(36).slice(2)}`);
  await ada.putFile(project.id, 'hello.sh', `echo ${text}\n`);
  const { id: machineId = '' } = (await machine()) ?? {};
  const started = await ada.startRun({ projectId: project.id, file: 'hello.sh', target: { machineId } });
  const { state } = await ada.ended(started.id);
  return `${state}: ${(await ada.output(started.id)).toString().split('\n').at(-2)}`;
}

it('makes an instance a machine that runs, comes back after a reboot and a stop, and ends when its time is over @full', async () => {
  const { token } = (await ada.post<JoinTokenView>('machines/join-tokens')).body;
  const endsAt = new Date(Date.now() + LIFETIME_MS);
  const script = userData({
    reach: { way: 'join', serverUrl: api.url, serverKey: null, joinToken: token },
    name: 'from the cloud',
    endsAt,
  });
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: await imageId(),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      InstanceInitiatedShutdownBehavior: 'terminate',
      UserData: Buffer.from(script).toString('base64'),
    }),
  );
  const id = Instances?.[0]?.InstanceId ?? '';
  const console = async (): Promise<string> =>
    Buffer.from((await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))).Output ?? '', 'base64').toString();
  await untilState(id, 'running');
  await until('the set-up is over', async () => (await console()).includes('user-data ended with'));
  expect(await console()).toContain('user-data ended with status 0');
  await untilOnline(true);
  expect(await run('hello')).toBe('succeeded: hello');

  await simulator.run(id, 'reboot');
  await untilOnline(false);
  await untilOnline(true);
  expect(await run('again')).toBe('succeeded: again');
  const { stdout } = await simulator.run(id, 'ls -A "$MLE_ROOT/opt/mle"; nft list ruleset');
  expect(stdout.split('\n')).not.toContain('join-token');
  expect(stdout).toContain('169.254.169.254 meta skuid != 0 reject');

  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await untilState(id, 'stopped');
  await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  await untilState(id, 'running');
  await untilOnline(true);
  expect(await run('once more')).toBe('succeeded: once more');

  await simulator.advanceClock(LIFETIME_MS);
  await untilState(id, 'terminated');
  expect(await console()).toContain('Its time is over. This machine powers off.');
});
