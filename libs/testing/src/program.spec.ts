import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIFELINE_FD, Program, type ProgramSettings } from './program.js';

const node = (script: string, more: Partial<ProgramSettings> = {}): Program =>
  new Program({ command: process.execPath, args: ['-e', script], ready: /ready \d/, ...more });
const LASTING = 'console.log("ready", process.pid % 10); setInterval(() => undefined, 1000);';

describe('a program', () => {
  it('can be killed and started again, and then has said only what is new', async () => {
    const program = node(LASTING);
    await program.start();
    const { pid } = program;
    await program.kill();
    expect(await program.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    await program.start();
    expect(program.pid).not.toBe(pid);
    expect(program.output.match(/ready/g)).toHaveLength(1);
    await program.kill();
  });

  it('that ends before it is ready is an error with its last words', async () => {
    await expect(node('console.error("no licence"); process.exit(3)').start()).rejects.toThrow('no licence');
  });

  it('that is not there is an error', async () => {
    await expect(node('', { command: '/no/such/program' }).start()).rejects.toThrow('ENOENT');
  });

  it('is given its input, and of the environment only what it shall see', async () => {
    process.env['MLE_TEST_SECRET'] = 'seen';
    const program = node('process.stdin.on("data", (text) => console.log(`${text}`, process.env.MLE_TEST_SECRET));', {
      input: 'ready 1',
      env: { A: 'a' },
    });
    await program.start();
    delete process.env['MLE_TEST_SECRET'];
    expect(program.output).toBe('ready 1 undefined\n');
  });

  it('ends by its lifeline, and leaves no folder when it is stopped', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'mle-program-')), 'own');
    const waiting = `require('fs').createReadStream('', { fd: ${LIFELINE_FD} }).on('close', () => process.exit(7)).resume();`;
    const program = node(LASTING + waiting, { lifeline: true, folder });
    await program.start();
    expect(existsSync(folder)).toBe(true);
    program.cutLifeline();
    expect(await program.ended).toMatchObject({ code: 7 });
    await program.stop();
    expect(existsSync(folder)).toBe(false);
  });
});
