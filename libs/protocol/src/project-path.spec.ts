import { projectPathError, ProjectPathSchema } from './project-path.js';

describe('a path inside a project', () => {
  it.each([
    'run.py',
    'nets/network.py',
    'a b/ü.txt',
    '.mleignore',
    '..data/x',
    'a/...',
    '100%.txt',
    '%zz',
    'data/50%25.csv',
  ])('accepts %s', (path) => {
    expect(projectPathError(path)).toBeNull();
    expect(ProjectPathSchema.parse(path)).toBe(path);
  });

  it.each([
    ['', 'Give a path'],
    ['../x', 'leave the project'],
    ['a/../../x', 'leave the project'],
    ['./x', 'leave the project'],
    ['/etc/passwd', 'leading /'],
    ['a//b', 'extra /'],
    ['a/', 'extra /'],
    ['a\\..\\b', 'backslash'],
    ['a\0b', 'control'],
    ['%2e%2e/x', 'leave the project'],
    ['%252e%252e%252fx', 'leave the project'],
    ['a/%2e%2e/%2e%2e/x', 'leave the project'],
    ['%2fetc/passwd', 'leading /'],
    ['%5c..%5cx', 'backslash'],
    ['a%00b', 'control'],
    ['%25252525252e', 'too many times'],
    ['x'.repeat(256), '255 bytes'],
    [`${'x/'.repeat(600)}x`, '1024 bytes'],
  ])('refuses %j', (path, sentence) => {
    expect(projectPathError(path)).toContain(sentence);
    expect(ProjectPathSchema.safeParse(path).success).toBe(false);
  });
});
