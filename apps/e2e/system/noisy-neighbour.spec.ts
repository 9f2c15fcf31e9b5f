import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type MetricList } from '@mle/protocol';
import { Client, install, type Installation, PASSWORD, until } from '@mle/testing';

/** Some 40 MB, which even a quick machine reads for most of the time that the quiet one takes. */
const NOISY_LINES = 200_000;
const QUIET_LINES = 20;
const POLL_MS = 100;
const READ_WITHIN_MS = 60_000;

/** Prints as fast as the machine can, and goes on until it is told that it is enough. */
const NOISY = `
import os, sys, time
folder, lines, block, rest = sys.argv[1], int(sys.argv[2]), 1000, "and words for people " * 8
for first in range(0, lines, block):
    sys.stdout.write("".join(
        f"step {i} loss={1 / (i + 1):.6f} a={i} b={i % 7} c=0.25 {rest}\\n" for i in range(first, first + block)))
sys.stdout.flush()
while not os.path.exists(os.path.join(folder, "enough")):
    time.sleep(0.01)
`;

/** Notes each line in a file as well, so that the test knows what was printed without the server. */
const QUIET = `
import os, sys, time
with open(os.path.join(sys.argv[1], "printed"), "w") as witness:
    for i in range(int(sys.argv[2])):
        print(f"step {i} loss={1 / (i + 1):.6f}", flush=True)
        witness.write(f"{i}\\n")
        witness.flush()
        time.sleep(0.05)
`;

const quietLine = (i: number): string => `step ${i} loss=${(1 / (i + 1)).toFixed(6)}\n`;

describe('a run that prints very much, beside a quiet run of another user', () => {
  let product: Installation;
  let folder: string;

  beforeAll(async () => {
    product = await install();
    folder = await mkdtemp(join(tmpdir(), 'mle-noisy-'));
    await chmod(folder, 0o777);
  });
  afterAll(async () => {
    await product?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function neighbour(): Promise<Client> {
    const { client, url } = product;
    await client.inBrowser().good('POST', 'users', { login: 'grace', password: PASSWORD });
    const grace = new Client(url);
    await grace.login('grace', PASSWORD);
    return grace;
  }

  async function start(client: Client, code: string, args: string[]): Promise<string> {
    const { id: projectId } = await client.createProject('prints numbers');
    await client.putFile(projectId, 'train.py', code);
    return (await client.startRun({ projectId, file: 'train.py', args })).id;
  }

  const metrics = (client: Client, id: string) => client.json<MetricList>('GET', `runs/${id}/metrics?points=16`);

  /** Points of the quiet run as a share of the lines that it had printed before they were asked for. */
  async function shareShown(client: Client, id: string): Promise<number | null> {
    const printed = (await readFile(join(folder, 'printed'), 'utf8').catch(() => '')).split('\n').length - 1;
    const { series, sampled, dropped } = await metrics(client, id);
    expect([sampled, dropped]).toEqual([false, 0]);
    // One line alone is no series, and of few lines the last one is much.
    return printed < 4 ? null : (series[0]?.count ?? 0) / printed;
  }

  it('takes nothing from it, and gets all of its own points in the end', async () => {
    const { client: ada } = product;
    const grace = await neighbour();
    // A server that was not started as root takes no members by itself.
    await ada.json('PATCH', `machines/${(await ada.machine()).id}`, { slots: 2, takesMembers: true });

    const noisy = await start(ada, NOISY, [folder, String(NOISY_LINES)]);
    await until('the noisy run prints', async () => (await metrics(ada, noisy)).series.length > 0);
    const quiet = await start(grace, QUIET, [folder, String(QUIET_LINES)]);
    const shares: number[] = [];
    while (!isTerminal((await grace.run(quiet)).state)) {
      const share = await shareShown(grace, quiet);
      if (share !== null) shares.push(share);
      await sleep(POLL_MS);
    }
    const whole = await metrics(grace, quiet);
    expect((await ada.run(noisy)).state).toBe('running');
    await writeFile(join(folder, 'enough'), '');

    expect(whole).toMatchObject({ sampled: false, dropped: 0, series: [{ name: 'loss', count: QUIET_LINES }] });
    expect(whole.series[0]?.y.at(-1)).toBe(1 / QUIET_LINES);
    expect((await grace.output(quiet, '?stream=stdout')).toString()).toBe(
      Array.from({ length: QUIET_LINES }, (_, i) => quietLine(i)).join(''),
    );
    expect(shares).not.toHaveLength(0);
    expect(shares.sort((a, b) => a - b)[Math.floor(shares.length / 2)]).toBeGreaterThan(0.5);

    expect((await ada.ended(noisy)).state).toBe('succeeded');
    const read = await until(
      'the noisy run is read',
      async () => {
        const list = await metrics(ada, noisy);
        // What came last is read a moment after the end.
        const count = list.series[0]?.count ?? 0;
        return list.sampled || count < NOISY_LINES ? null : list;
      },
      READ_WITHIN_MS,
      POLL_MS,
    );
    expect(read.dropped).toBe(0);
    expect(read.series.map(({ name, count }) => [name, count])).toEqual(
      ['loss', 'a', 'b', 'c'].map((name) => [name, NOISY_LINES]),
    );
    expect(read.series.find(({ name }) => name === 'a')?.y.at(-1)).toBe(NOISY_LINES - 1);
  });
});
