import type { ManifestEntry } from '@mle/protocol';
import { hostileTexts, superLinear } from '@mle/testing';
import { readRequirements, REQUIREMENTS_FILE } from './requirements.js';

const entry = (path: string): ManifestEntry => ({ path, mode: 0o644, size: 1, sha256: path });
const FILES = [REQUIREMENTS_FILE, 'more.txt', 'lib/setup.py', 'wheels/a.whl'].map(entry);
const read = (text: string, more = '') =>
  readRequirements(FILES, (sha256) => (sha256 === REQUIREMENTS_FILE ? text : more));

describe('a requirements.txt', () => {
  it.each<[line: string, parts: string[]]>([
    ['numpy  ==2.0 ; python_version > "3"', []],
    ['# ./lib', []],
    ['numpy # ./lib', []],
    ['./lib[extra,more] --no-deps', ['lib/setup.py']],
    ['./lib#egg=a', ['lib/setup.py']],
    ['mine @ file:lib', ['lib/setup.py']],
    ['mine@file:./lib ; a', ['lib/setup.py']],
    ['mine @ file:', []],
    ['mine file:lib', []],
    ['mine @ https://host/lib', []],
    ['wheels/a.whl', ['wheels/a.whl']],
    ['numpy\n-f wheels//', ['wheels/a.whl']],
    ['./li\\\nb', ['lib/setup.py']],
  ])('%j holds of the project %j', (line, parts) => {
    const found = read(line)?.parts ?? [];
    expect([...new Set(found.slice(1).map((part) => part.split(' ')[1]))]).toEqual(parts);
  });

  const texts = hostileTexts(['a', '-e ', '-r ', './a', 'a @ file:']);
  it('is read in linear time', () => {
    expect(superLinear(texts, read)).toEqual([]);
  });
  it('is read in linear time, of a megabyte too @full', () => {
    expect(superLinear(texts, read, 1024 * 1024)).toEqual([]);
  });
});
