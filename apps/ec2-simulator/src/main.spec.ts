import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';

const BUNDLE = process.env['MLE_TEST_SIMULATOR_BUNDLE'] ?? '';

function end(args: string[], env: Record<string, string> = {}): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BUNDLE, ...args], { env: { ...process.env, ...env } }, (error, _stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stderr });
    });
  });
}

test('is refused in production', async () => {
  const { code, stderr } = await end(['--port', '0'], { NODE_ENV: 'production' });
  expect(code).toBe(2);
  expect(stderr).toContain('does not start with NODE_ENV=production');
});

test.each([
  [[], '--port needs a whole number'],
  [['--port', 'x'], '--port needs a whole number'],
  [['--port', '0', '--host', '0.0.0.0'], "Unknown option '--host'"],
  [['--port', '0', '--settings', '/no/such/file'], 'The settings are not valid'],
])('%j: %s', async (args, sentence) => {
  const { code, stderr } = await end(args);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

test('prints one line of JSON, listens on loopback only, wants its token, and ends on SIGTERM', async () => {
  const child = spawn(process.execPath, [BUNDLE, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const announcement = JSON.parse(line.toString()) as { endpoint: string; controlToken: string };
  expect(announcement).toMatchObject({
    msg: 'simulated EC2 ready',
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    credentials: { accessKeyId: expect.stringMatching(/^AKIA/) as string },
  });
  const faults = `${announcement.endpoint}/_simulator/faults`;
  expect((await fetch(faults)).status).toBe(401);
  expect((await fetch(faults, { headers: { authorization: 'Bearer nothing' } })).status).toBe(401);
  const authorization = `Bearer ${announcement.controlToken}`;
  expect(await (await fetch(faults, { headers: { authorization } })).json()).toEqual([]);
  const bad = await fetch(faults, { method: 'POST', headers: { authorization }, body: '{"code": "X"}' });
  expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('action') as string]);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});
