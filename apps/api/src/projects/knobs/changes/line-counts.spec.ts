import { countLines } from './line-counts.js';

it.each([
  ['', '', 0, 0],
  ['a\nb\n', 'a\nb\n', 0, 0],
  ['a\nb\n', 'a\nb', 0, 0],
  ['', 'a\nb\n', 2, 0],
  ['a\nb\n', '', 0, 2],
  ['a\nb\nc\n', 'a\nx\ny\nc\n', 2, 1],
  ['a\nb\nc\n', 'b\nc\nd\n', 1, 1],
  ['\n\n\n', '\n\n', 0, 1],
])('%j to %j: +%d −%d', (before, after, added, removed) => {
  expect(countLines(before, after)).toEqual({ added, removed });
});

it('counts moved lines too, as long as little differs', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  expect(countLines(lines.join('\n'), [...lines.slice(50), ...lines.slice(0, 50)].join('\n'))).toEqual({
    added: 50,
    removed: 50,
  });
});

it('takes bounded time for a megabyte in which everything differs', () => {
  const text = (word: string, lines: number): string =>
    Array.from({ length: lines }, (_, i) => `${word}${i}`).join('\n');
  const begun = process.cpuUsage();
  expect(countLines(text('a', 130_000), text('b', 140_000))).toEqual({ added: 140_000, removed: 130_000 });
  expect(countLines('a\nb\n'.repeat(130_000), 'b\nb\na\n'.repeat(90_000)).added).toBeGreaterThan(0);
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000).toBeLessThan(6_000);
});
