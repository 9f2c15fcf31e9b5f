import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { find, untilState } from '../../test/launches.js';
import { namespacesWork, RunningSimulation, writeUnit } from '../../test/machines.js';
import { until } from '../../test/simulation.js';
import { markedProcesses } from '../base/marked-processes.js';
import { INSTANCE_MARK } from '../channel/messages.js';

const COUNTER = `
${writeUnit(
  'counter.service',
  `[Service]
ExecStart=/bin/bash -c 'echo start >> \${MLE_ROOT:-}/var/lib/starts; exec sleep 600'
[Install]
WantedBy=multi-user.target`,
)}
echo once >> "\${MLE_ROOT:-}/var/lib/user-data"
`;

const lines = (file: string): string => `cat "\${MLE_ROOT:-}/var/lib/${file}" | wc -l`;

describe.each<['namespaces' | 'folder', string]>([
  ['namespaces', ''],
  // Where there are namespaces, these tell the same again.
  ['folder', namespacesWork ? '@full' : ''],
])('machines in %s %s', (machines) => {
  // Most containers have no namespaces to give: the tests that need them are counted as skipped there.
  const isPossible = machines === 'folder' || namespacesWork;
  const when = isPossible ? test : test.skip;
  let simulation: RunningSimulation;

  beforeAll(async () => {
    simulation = await RunningSimulation.start({
      machines: isPossible ? machines : 'none',
    });
  });

  afterAll(() => simulation.stop());

  when('user-data runs once, and what it enabled runs at each boot, on the same disk', async () => {
    const { ec2 } = simulation;
    const id = await simulation.boot(`${COUNTER}\nsystemctl enable --now counter.service`);
    expect(await simulation.console(id)).toContain('user-data ended with status 0');
    await simulation.untilSays(id, lines('starts'), '1');
    expect(await simulation.ask(id, 'systemctl is-active counter; systemctl is-enabled counter')).toBe(
      'active\nenabled',
    );
    const before = markedProcesses(INSTANCE_MARK, id);
    expect(before.length).toBeGreaterThan(0);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, 'stopped');
    expect(markedProcesses(INSTANCE_MARK, id)).toEqual([]);
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, 'running');
    await simulation.untilSays(id, lines('starts'), '2');
    expect(await simulation.ask(id, lines('user-data'))).toBe('1');
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, 'terminated');
    expect(markedProcesses(INSTANCE_MARK, id)).toEqual([]);
    const folder = readdirSync(tmpdir()).find((name) => name.startsWith(`mle-ec2-${simulation.simulator.pid}-`)) ?? '';
    expect(existsSync(join(tmpdir(), folder, 'tools'))).toBe(true);
    expect(existsSync(join(tmpdir(), folder, id))).toBe(false);
  });

  when('a script that fails says so on the console', async () => {
    const id = await simulation.boot('echo to stdout; echo to stderr >&2; false; echo never');
    const text = await simulation.console(id);
    expect(text).toContain('to stdout');
    expect(text).toContain('to stderr');
    expect(text).toContain('user-data ended with status 1');
    expect(text).not.toContain('never');
  });

  when.each([
    ['shutdown -h now', 'terminate', 'terminated'],
    ['systemctl poweroff', 'terminate', 'terminated'],
    ['poweroff', 'stop', 'stopped'],
  ] as const)('%s with shutdown behavior %s: %s', async (command, InstanceInitiatedShutdownBehavior, state) => {
    const id = await simulation.launch(command, { InstanceInitiatedShutdownBehavior });
    const ended = await untilState(simulation.ec2, id, state);
    expect(ended.StateReason?.Code).toBe('Client.InstanceInitiatedShutdown');
    expect(markedProcesses(INSTANCE_MARK, id)).toEqual([]);
  });

  when('a reboot and a power failure start the units again, and the instance runs on', async () => {
    const id = await simulation.boot(`${COUNTER}\nsystemctl enable --now counter`);
    await simulation.untilSays(id, lines('starts'), '1');
    await simulation.simulator.run(id, 'reboot');
    await simulation.untilSays(id, lines('starts'), '2');
    await simulation.simulator.powerCycle(id);
    await simulation.untilSays(id, lines('starts'), '3');
    expect((await find(simulation.ec2, id))?.State?.Name).toBe('running');
    expect(await simulation.ask(id, lines('user-data'))).toBe('1');
  });

  when('an instance that takes a boot fault runs, and does nothing', async () => {
    await simulation.simulator.addFault({ action: 'Boot' });
    const id = await simulation.launch('echo hello');
    await untilState(simulation.ec2, id, 'running');
    expect(await simulation.console(id)).toBe('');
    expect(await simulation.simulator.run(id, 'true').catch((error: unknown) => String(error))).toMatch(/is off/);
  });

  when('nothing outlives a simulator that is killed', async () => {
    const doomed = await RunningSimulation.start({ machines });
    const id = await doomed.boot('setsid -f sleep 600\n(trap "" TERM INT HUP; sleep 601) &\ndisown -a');
    expect(markedProcesses(INSTANCE_MARK, id).length).toBeGreaterThan(1);
    process.kill(doomed.simulator.pid, 'SIGKILL');
    await until('all are gone', () => Promise.resolve(markedProcesses(INSTANCE_MARK, id).length === 0));
    // The next simulator removes its folder.
    const next = await RunningSimulation.start({ machines });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`mle-ec2-${doomed.simulator.pid}-`))).toEqual([]);
    await next.stop();
  });
});

// As above.
(namespacesWork ? describe : describe.skip)('a machine in namespaces', () => {
  let simulation: RunningSimulation;

  beforeAll(async () => {
    simulation = await RunningSimulation.start({ machines: 'namespaces' });
  });

  afterAll(() => simulation.stop());

  test('has a file system of its own: it changes nothing of this host, nor of another machine', async () => {
    const script =
      'useradd --system mle-learner; echo x > /etc/mle; mkdir /opt/mle; echo "PATH is $PATH"; chown mle-learner /opt/mle';
    const [one, two] = [await simulation.boot(script), await simulation.boot('true')];
    expect(await simulation.ask(one, 'cat /etc/mle; stat -c %U /opt/mle')).toBe('x\nmle-learner');
    expect(await simulation.ask(two, 'ls /etc/mle /opt/mle /tmp 2>&1 || true')).toMatch(/cannot access '\/etc\/mle'/);
    expect([existsSync('/etc/mle'), existsSync('/opt/mle')]).toEqual([false, false]);
    expect(await simulation.console(one)).toMatch(/PATH is \/run\/ec2-simulator\/run\/bin:/);
    const outside = await simulation.simulator.run(one, 'touch /outside');
    expect(outside.stderr).toContain('Read-only file system');
  });

  test('reaches what listens on the loopback of the host, also when that began later', async () => {
    const id = await simulation.boot('true');
    const server = createServer((_request, response) => response.end('from the host'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await simulation.untilSays(id, `curl -s http://127.0.0.1:${port}/`, 'from the host');
    server.closeAllConnections();
    server.close();
    await until(
      'the port is closed',
      async () => (await simulation.simulator.run(id, `curl -s http://127.0.0.1:${port}/`)).code === 7,
    );
  });

  test('is reached at its public address through the ports that its security group opens', async () => {
    const { ec2 } = simulation;
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'dial', Description: 'x' }));
    const server = "require('http').createServer((q, r) => r.end('from the machine')).listen(8123, '0.0.0.0')";
    const id = await simulation.boot(`nohup "${process.execPath}" -e "${server}" >/dev/null 2>&1 &`, {
      SecurityGroupIds: [GroupId],
    });
    await simulation.untilSays(id, 'curl -s http://127.0.0.1:8123/', 'from the machine');
    const address = (await find(ec2, id))?.PublicIpAddress ?? '';
    const look = async (): Promise<string | null> =>
      fetch(`http://${address}:8123/`)
        .then((answer) => answer.text())
        .catch(() => null);
    expect(await look()).toBeNull();
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 8123, ToPort: 8123, IpRanges: [{ CidrIp: '127.0.0.1/32' }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    expect(await until('the port is open', look)).toBe('from the machine');
  });
});
