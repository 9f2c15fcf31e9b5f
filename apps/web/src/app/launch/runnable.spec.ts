import { notRunnable } from './runnable';

describe('notRunnable', () => {
  it.each(['run.py', 'a/b.MJS', 'x.ts', 'x.mts', 'go.sh', 'x.cjs'])('lets %s run', (path) =>
    expect(notRunnable(path, { mode: 0o644 })).toBeNull(),
  );
  it.each(['notes.md', 'data.csv', 'py', 'x.py.txt'])('refuses %s with a sentence', (path) =>
    expect(notRunnable(path, { mode: 0o644 })).toContain(path),
  );
  it('lets an executable file run whatever its name', () => expect(notRunnable('tool', { mode: 0o755 })).toBeNull());
  it('asks for a file when none is open', () => expect(notRunnable(null, null)).toBe('Open a file to run it'));
});
