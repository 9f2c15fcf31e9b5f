import type { FileView } from '@mle/protocol';
import { movedPath, moveError, nameError, visibleTree } from './file-tree';

const file = (path: string): FileView => ({ path, size: 1, mode: 0o644, mtime: '2026-01-01T00:00:00Z', sha256: '' });
const files = ['train.py', 'data/b10.csv', 'data/b9.csv', 'nets/deep/x.py', 'README.md'].map(file);

describe('visibleTree', () => {
  it('shows folders first and only what is open', () => {
    expect(visibleTree(files, [], new Set()).map((row) => row.path)).toEqual(['data', 'nets', 'README.md', 'train.py']);
    expect(visibleTree(files, [], new Set(['data', 'nets/deep'])).map((row) => row.path)).toEqual([
      'data',
      'data/b9.csv',
      'data/b10.csv',
      'nets',
      'README.md',
      'train.py',
    ]);
  });

  it('tells level and place, as a screen reader needs them', () => {
    const rows = visibleTree(files, [], new Set(['nets', 'nets/deep']));
    expect(rows.find((row) => row.path === 'nets/deep/x.py')).toMatchObject({
      level: 3,
      position: 1,
      siblings: 1,
      folder: false,
    });
    expect(rows.find((row) => row.path === 'nets')).toMatchObject({
      level: 1,
      position: 2,
      siblings: 4,
      folder: true,
      expanded: true,
    });
  });

  it('shows a folder that has no file yet, once', () => {
    expect(visibleTree(files, ['data', 'new/sub'], new Set(['new'])).map((row) => row.path)).toEqual([
      'data',
      'nets',
      'new',
      'new/sub',
      'README.md',
      'train.py',
    ]);
  });
});

describe('movedPath', () => {
  it('follows a file and all below a folder, and nothing that only begins alike', () => {
    expect(movedPath('a/b.py', 'a', 'c')).toBe('c/b.py');
    expect(movedPath('a/b.py', 'a/b.py', 'x.py')).toBe('x.py');
    expect(movedPath('ab/c.py', 'a', 'c')).toBeNull();
  });
});

describe('nameError', () => {
  it.each([
    ['', 'Give a name.'],
    ['a\\b', 'Use no backslash and no control characters.'],
    ['/a', 'Write folder/name, without a / at either end.'],
    ['a/../b', 'A name may not be . or ..'],
    ['x.py', 'x.py exists already. Choose another name.'],
  ])('refuses %j', (name, sentence) => expect(nameError(name, ['lib/x.py'], 'lib')).toBe(sentence));

  it('accepts names with folders, spaces and letters of any script', () =>
    expect(nameError('sub/übung 1.py', ['x.py'], '')).toBeNull());
});

describe('moveError', () => {
  it('refuses a place that is taken, or inside of what moves', () => {
    expect(moveError('a', 'a/b/a', [])).toBe('a cannot be moved into itself.');
    expect(moveError('x.py', 'lib/x.py', ['lib/x.py'])).toBe('lib/x.py exists already. Rename one of the two first.');
    expect(moveError('x.py', '../x.py', [])).toBe('A name may not be . or ..');
    expect(moveError('a', 'ab/a', ['ab'])).toBeNull();
  });
});
