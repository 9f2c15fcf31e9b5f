import {
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveFolder } from './folder-gift.js';

const BEFORE = 0x1000_0040;
const AFTER = 0x5000_0001;
/** Only root gives files away. */
const asRoot = process.getuid?.() === 0 ? test : test.skip;

let top: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mle-gift-'));
});

afterEach(() => rmSync(top, { recursive: true }));

const uidOf = (name: string): number => lstatSync(join(top, name)).uid;

asRoot('what the user of before had goes along, and nothing else', async () => {
  mkdirSync(join(top, 'workspace/deep/er'), { recursive: true });
  mkdirSync(join(top, 'theirs'));
  for (const name of ['workspace/deep/er/model.bin', 'workspace/of-root', 'theirs/secret', 'outside'])
    writeFileSync(join(top, name), name);
  linkSync(join(top, 'theirs/secret'), join(top, 'workspace/secret'));
  symlinkSync(join(top, 'outside'), join(top, 'workspace/link'));
  symlinkSync(join(top, 'theirs'), join(top, 'workspace/folder-link'));
  const given = ['workspace', 'workspace/deep', 'workspace/deep/er', 'workspace/deep/er/model.bin', 'workspace/link'];
  for (const name of [...given, 'workspace/folder-link', 'theirs', 'theirs/secret', 'outside'])
    lchownSync(join(top, name), BEFORE, BEFORE);

  await giveFolder(join(top, 'workspace'), AFTER);

  expect(given.map(uidOf)).toEqual(given.map(() => AFTER));
  expect(['theirs', 'theirs/secret', 'workspace/secret', 'outside'].map(uidOf)).toEqual([
    BEFORE,
    BEFORE,
    BEFORE,
    BEFORE,
  ]);
  expect(uidOf('workspace/of-root')).toBe(0);
});

asRoot('a gift that was cut short is gone through again', async () => {
  mkdirSync(join(top, 'workspace/a'), { recursive: true });
  mkdirSync(join(top, 'workspace/b'));
  for (const name of ['workspace', 'workspace/b']) chownSync(join(top, name), BEFORE, BEFORE);
  chownSync(join(top, 'workspace/a'), AFTER, AFTER);
  await giveFolder(join(top, 'workspace'), AFTER);
  expect(['workspace', 'workspace/a', 'workspace/b'].map(uidOf)).toEqual([AFTER, AFTER, AFTER]);
});
