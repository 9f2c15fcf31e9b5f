import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, freePort, LOGIN, PASSWORD, ROOT } from '@mle/testing';
import mongoose from 'mongoose';
import { Terminal } from './terminal.js';

/** What the processes below one had in their environments and arguments at the start, as everybody of its user sees it. */
function told(parent: string): string[] {
  const below = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const family = new Set([parent]);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const [pid = '', ppid = ''] of below) if (family.has(ppid)) family.add(pid);
  }
  family.delete(parent);
  return [...family].map((pid) =>
    ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')).join('\0'),
  );
}

/** The launcher itself, which has in its environment what it was given. */
function launcherOf(dataDir: string): string {
  const found = readdirSync('/proc').find((pid) => {
    try {
      return (
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('tools/start.mjs') &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MLE_DATA_DIR=${dataDir}\0`)
      );
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('no launcher');
  return found;
}

describe('a server that a plain user started', () => {
  it('keeps its secrets out of environments, its store asks for one, and a second user is a question', async () => {
    const [terminal, second] = [await Terminal.of('a plain user', '077'), await Terminal.of('a plain user', '077')];
    const data = join(terminal.home, 'data');
    const env = { MLE_PORT: String(await freePort()), MLE_DATA_DIR: data };
    const secrets = { MLE_SECRET_KEY: randomBytes(32).toString('hex'), MLE_ADMIN_PASSWORD: PASSWORD };
    try {
      const place = { folder: ROOT, env: { ...env, ...secrets, MLE_ADMIN_LOGIN: LOGIN } };
      await terminal.type('exec node tools/start.mjs', /is ready/, place);
      const client = new Client(`http://127.0.0.1:${env.MLE_PORT}`);
      await client.login(LOGIN, PASSWORD);

      const parts = told(launcherOf(data));
      const kept = [...Object.values(secrets), ...['redis', 'store'].map((of) => secretOf(data, of))];
      expect(parts.filter((part) => /main\.mjs|store\.mjs|worker\.mjs|redis/.test(part)).length).toBeGreaterThan(3);
      for (const secret of kept) expect(parts.filter((part) => part.includes(secret))).toEqual([]);

      const socket = /--socket\0([^\0]+)/.exec(parts.find((part) => part.includes('store.mjs')) ?? '')?.[1] ?? '';
      const stranger = new mongoose.mongo.MongoClient(
        `mongodb://${encodeURIComponent(socket)}/mle?directConnection=true`,
      );
      await expect(stranger.db().collection('users').findOne()).rejects.toMatchObject({ codeName: 'Unauthorized' });
      await stranger.close();

      await second.type('echo a long phrase | node tools/user-add.mjs bob', /Members run nothing there/, place);
      expect(second.output).toContain('was not started as root');
      const bob = new Client(client.url);
      await bob.login('bob', 'a long phrase');
    } finally {
      await second.close();
      await terminal.close();
    }
  });
});

const secretOf = (data: string, part: string): string => readFileSync(join(data, `${part}-secret`), 'utf8');
