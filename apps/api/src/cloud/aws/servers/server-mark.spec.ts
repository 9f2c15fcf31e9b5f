import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverMark } from './server-mark.js';

let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-mark-'));
  mkdirSync(at('data'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('stays with its folder, also where that is moved', async () => {
  const mark = await serverMark(at('data'));
  expect(await serverMark(at('data'))).toBe(mark);
  renameSync(at('data'), at('moved'));
  expect(await serverMark(at('moved'))).toBe(mark);
});

it('is another one in a copy, and stays as it is in the original', async () => {
  const mark = await serverMark(at('data'));
  cpSync(at('data'), at('copy'), { recursive: true, preserveTimestamps: true });
  const copied = await serverMark(at('copy'));
  expect(copied).not.toBe(mark);
  expect([await serverMark(at('copy')), await serverMark(at('data'))]).toEqual([copied, mark]);
});

it('is one for processes that ask at once, and is made anew where the file was spoilt', async () => {
  const marks = await Promise.all(Array.from({ length: 6 }, () => serverMark(at('data'))));
  expect(new Set(marks).size).toBe(1);
  writeFileSync(join(at('data'), 'server-mark'), 'nothing');
  expect(await serverMark(at('data'))).not.toBe(marks[0]);
});
