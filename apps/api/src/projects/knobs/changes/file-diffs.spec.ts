import { LIMITS } from '@mle/protocol';
import { fileDiffs } from './file-diffs.js';

const hashed = (texts: Record<string, string>): Map<string, string> => new Map(Object.entries(texts));

it('counts the lines of each file and gives its texts', () => {
  const files = [
    { path: 'gone.py', from: 'g', to: null },
    { path: 'net.py', from: 'n', to: 'N' },
    { path: 'new.py', from: null, to: 'w' },
    { path: 'picture.png', from: 'p', to: 'P' },
  ];
  expect(fileDiffs(files, hashed({ g: 'a\nb\n', n: 'x = 1\ny\n', N: 'x = 2\ny\n', w: '' }))).toEqual([
    { path: 'gone.py', kind: 'removed', added: 0, removed: 2, texts: { a: 'a\nb\n', b: null } },
    { path: 'net.py', kind: 'changed', added: 1, removed: 1, texts: { a: 'x = 1\ny\n', b: 'x = 2\ny\n' } },
    { path: 'new.py', kind: 'added', added: 0, removed: 0, texts: { a: null, b: '' } },
    { path: 'picture.png', kind: 'changed' },
  ]);
});

it('leaves out texts for which there is no room, and counts them all the same', () => {
  const full = 'a'.repeat(LIMITS.diffChars);
  const files = [
    { path: 'large.txt', from: null, to: 'large' },
    ...Array.from({ length: 10 }, (_, i) => ({ path: `full${i}.txt`, from: null, to: 'full' })),
  ];
  const diffs = fileDiffs(files, hashed({ large: `${full}a`, full }));
  expect(diffs.map(({ added }) => added)).toEqual(Array.from({ length: 11 }, () => 1));
  expect(diffs.map(({ texts }) => texts !== undefined)).toEqual([
    false,
    ...Array.from({ length: 10 }, (_, i) => i < 8),
  ]);
});
