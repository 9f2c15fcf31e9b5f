import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactList, MachineView, MetricSummary, Page, RunView, TokenView, Usage } from '@mle/protocol';
import { built, Client, freePort, LOGIN, PASSWORD, ROOT, until } from '@mle/testing';
import { Terminal } from './terminal.js';

/**
 * The data folder of a server, and that of a machine that joined it, as a plain user left them with commit 49caed0:
 * a project, one run of it on each of both machines, which left a file in its workspace, and a token.
 */
const FIXTURE = join(import.meta.dirname, 'data-of-49caed0.tar.gz');

interface Made {
  token: string;
  projectId: string;
  runs: { id: string; machineId: string }[];
}

describe('a data folder of an earlier version', () => {
  it('opens: its user, token, runs, machines and workspaces are there and work @full', async () => {
    const [terminal, joined] = [await Terminal.of('a plain user', '077'), await Terminal.of('a plain user', '077')];
    const port = String(await freePort());
    try {
      execFileSync('tar', ['-xzf', FIXTURE, '-C', terminal.home, '--no-same-owner']);
      const { uid, gid } = statSync(terminal.home);
      execFileSync('chown', ['-R', `${uid}:${gid}`, terminal.home]);
      const made = JSON.parse(readFileSync(join(terminal.home, 'made.json'), 'utf8')) as Made;

      const env = { MLE_PORT: port, MLE_DATA_DIR: join(terminal.home, 'data') };
      await terminal.type('exec node tools/start.mjs', /is ready/, { folder: ROOT, env });
      expect(terminal.output).not.toContain('#token=');
      const client = new Client(`http://127.0.0.1:${port}`);
      client.token = made.token;
      const worker = `exec node ${built('apps/worker/worker.mjs')} --url ${client.url} --data ${join(terminal.home, 'joined')}`;
      await joined.type(worker, /worker ready/);

      const machines = (await client.json<Page<MachineView>>('GET', 'machines')).items;
      expect(machines.map(({ id, state }) => [id, state]).sort()).toEqual(
        made.runs.map(({ machineId }) => [machineId, 'online']).sort(),
      );
      for (const { id, machineId } of made.runs) {
        expect(await client.run(id)).toMatchObject({ state: 'succeeded', machineId });
        expect((await client.output(id)).toString()).toContain('step 2 loss: 0.333');
        const { items } = await client.json<ArtifactList>('GET', `runs/${id}/artifacts`);
        expect(items).toMatchObject([{ path: 'model.txt', size: 7 }]);
        expect((await client.get(`runs/${id}/artifacts/model.txt`)).bytes.toString()).toBe('weights');
        expect((await client.run(id)).metrics['loss']).toMatchObject<Partial<MetricSummary>>({ last: 0.333 });

        const target = { machineId };
        const { id: next } = await client.startRun({ projectId: made.projectId, file: 'show.py', target });
        expect((await client.ended(next)).state).toBe('succeeded');
        expect((await client.output(next)).toString()).toBe('Running show.py\nleft by a run\n');
      }
      expect((await client.json<Page<RunView>>('GET', 'runs')).items).toHaveLength(4);
      await until('what the user keeps was counted', async () => {
        const { runs, fileBytes, runBytes } = await client.json<Usage>('GET', 'usage');
        return runs === 4 && fileBytes > 0 && runBytes > 0;
      });
      await client.login(LOGIN, PASSWORD);
      const { items: tokens } = await client.json<Page<TokenView>>('GET', 'tokens');
      expect(tokens).toContainEqual(expect.objectContaining({ name: 'of old', expiresAt: null, scope: 'all' }));
    } finally {
      await joined.close();
      await terminal.close();
    }
  });
});
