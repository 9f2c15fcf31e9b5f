import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, freePort, LOGIN, PASSWORD, ROOT } from '@mle/testing';
import { Terminal, type User } from './terminal.js';

const READY = /is ready: (\S+)[^]*#token=(\S+)\s/;

describe('npm start', () => {
  it.each<[User, string, string]>([
    ['root', '077', '@full'],
    ['root', '027', '@full'],
    ['a plain user', '027', '@full'],
    ['a plain user', '077', '@full'],
  ])('by %s under umask %s comes to a first run, and to another after a restart %s', async (user, umask) => {
    const terminal = await Terminal.of(user, umask);
    const env = { MLE_PORT: String(await freePort()), MLE_DATA_DIR: join(terminal.home, 'data') };
    try {
      await terminal.type('npm start', READY, { folder: ROOT, env });
      const [, url = '', token] = READY.exec(terminal.output) ?? [];
      const client = new Client(url);
      await client.good('POST', 'auth/setup', { token, login: LOGIN, password: PASSWORD });
      await client.login(LOGIN, PASSWORD);
      const { id: projectId } = await client.createProject('the first');
      await client.putFile(projectId, 'data.txt', 'hello');
      await client.putFile(projectId, 'pkg/hello.py', 'print(open("data.txt").read())\n');
      await client.putFile(projectId, 'wait.py', 'import time\nprint("begun", flush=True)\ntime.sleep(600)\n');

      const hello = async (): Promise<void> => {
        const { id } = await client.startRun({ projectId, file: 'pkg/hello.py' });
        const run = await client.ended(id);
        expect([run.state, (await client.output(id)).toString()]).toEqual([
          'succeeded',
          'Running pkg/hello.py\nhello\n',
        ]);
      };
      await hello();
      const waiting = await client.startRun({ projectId, file: 'wait.py' });
      while (!(await client.output(waiting.id)).includes('begun')) await sleep(20);
      await client.stopRun(waiting.id);
      expect((await client.ended(waiting.id)).state).toBe('stopped');

      await terminal.ctrlC();
      expect(terminal.output).toContain('Stopped');
      await terminal.type('npm start', /is ready/, { folder: ROOT, env });
      await hello();
    } finally {
      await terminal.close();
    }
  });
});
