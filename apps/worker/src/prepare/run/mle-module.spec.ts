import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeModule } from './mle-module.js';

const folder = mkdtempSync(join(tmpdir(), 'mle-module-'));
const python = placeModule({ root: folder });
const outputs = join(folder, 'outputs');
mkdirSync(outputs);
afterAll(() => rmSync(folder, { recursive: true }));

/** What a program says, and how it ends. */
function run(code: string, env: Record<string, string> = {}): { said: string; wrong: string } {
  const { stdout, stderr } = spawnSync('python3', ['-c', `import mle\n${code}`], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PYTHONPATH: python, PYTHONDONTWRITEBYTECODE: '1', ...env },
    encoding: 'utf8',
  });
  return { said: stdout, wrong: stderr.trim().split('\n').at(-1) ?? '' };
}

test.each([
  ['mle.log(epoch=3, loss=0.25, step=7)', 'epoch=3 step=7 loss=0.25\n'],
  ['mle.log({"val/loss": 1e-07}, acc=1)', 'val/loss=1e-07 acc=1\n'],
  ['mle.log({"top 5": 0.5}, step=1)', '{"step": 1, "top 5": 0.5}\n'],
  ['mle.log(loss=float("nan"))', 'loss=nan\n'],
])('%s prints a line', (code, line) => expect(run(code).said).toBe(line));

test('a word is no number', () => {
  expect(run('mle.log(loss="low")').wrong).toBe("TypeError: 'low' is no number: log takes numbers only.");
});

test.each([
  ['mle.param("rate", 0.1)', {}, '0.1'],
  ['mle.param("rate", 0.1)', { rate: 2 }, '2.0'],
  ['mle.param("batch-size", 8)', { batch_size: 16 }, '16'],
  ['mle.param("deep", False)', { deep: true }, 'True'],
  ['mle.param("act", "relu", choices=["relu", "tanh"])', { act: 'tanh' }, "'tanh'"],
  ['mle.param("free")', { free: 'text' }, "'text'"],
])('%s of %j is %s', (code, params, value) => {
  expect(run(`print(repr(${code}))`, { MLE_PARAMS: JSON.stringify(params) }).said).toBe(`${value}\n`);
});

test('a choice that is none is refused with those that there are', () => {
  const { wrong } = run('mle.param("act", "relu", choices=["relu"])', { MLE_PARAMS: '{"act":"tan"}' });
  expect(wrong).toBe("ValueError: act is 'tan'. Choose one of 'relu'.");
});

test('what is saved is an artifact, and nothing is written elsewhere', () => {
  const code = `
open("model.pt", "w").write("weights")
mle.save("model.pt"); mle.save("notes/a.txt", "text"); mle.save("raw.bin", b"12"); mle.save("score.json", {"a": 1})
mle.save("../out.txt", "x")`;
  expect(run(code, { MLE_OUTPUT_DIR: outputs }).wrong).toContain('is no name inside of the artifacts');
  const read = (name: string) => readFileSync(join(outputs, name), 'utf8');
  expect(['model.pt', 'notes/a.txt', 'raw.bin'].map(read)).toEqual(['weights', 'text', '12']);
  expect(JSON.parse(read('score.json'))).toEqual({ a: 1 });
  expect(existsSync(join(folder, 'out.txt'))).toBe(false);
});
