import { IgnoreRules } from './ignore-rules.js';

describe('ignore rules', () => {
  it.each<[rules: string, ignored: string[], sent: string[]]>([
    ['*.log', ['a.log', 'deep/in/a.log'], ['a.log.txt', 'alog']],
    ['/top', ['top', 'top/a'], ['deep/top']],
    ['build/', ['build/', 'build/a', 'deep/build/a'], ['build']],
    ['data/*\n!data/small.csv', ['data/big.bin', 'data/deep/x'], ['data/small.csv', 'other/big.bin']],
    ['out\n!out/kept', ['out/kept'], ['outer']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b', 'a/x/b/c'], ['b', 'x/a/b', 'a/bc']],
    ['**/cache', ['cache', 'x/cache', 'x/y/cache/z'], ['cached']],
    ['logs/**', ['logs/a', 'logs/a/b'], ['logs/', 'logs']],
    ['.*', ['.env', 'deep/.env'], ['a.b']],
    ['?.py', ['a.py'], ['ab.py', '.py']],
    ['[a-c!]x[!0-9]', ['axb', '!x-'], ['dxb', 'ax1', 'axb1']],
    ['[', ['['], ['a']],
    ['[]x]y', [']y', 'xy'], ['y']],
    ['# a comment\n\\#named\n\\!too\nblank\\ \nend  ', ['#named', '!too', 'blank ', 'end'], ['# a comment', 'end  ']],
    ['a*b*c', ['abc', 'axxbxxc', 'abbcc'], ['axxb', 'acb']],
    ['*.log\n!important.log\nimportant.log', ['important.log'], []],
    ['', [], ['a']],
    ['win\r\ndows\r\n', ['win', 'dows'], []],
  ])('%j', (rules, ignored, sent) => {
    const read = new IgnoreRules(rules);
    expect(ignored.filter((path) => !read.ignores(path))).toEqual([]);
    expect(sent.filter((path) => read.ignores(path))).toEqual([]);
  });

  it.each([
    ['**/a/', 'a/'],
    ['*a', 'a'],
    ['[ab]*', 'a'],
    ['?*', 'a'],
  ])('of %j again and again cost in proportion to the path', (piece, step) => {
    const rules = new IgnoreRules(`x/${piece.repeat(40)}b`);
    const time = (steps: number): number => {
      const path = `x/${step.repeat(steps)}c`;
      const began = performance.now();
      for (let i = 0; i < 20; i++) rules.ignores(path);
      return performance.now() - began;
    };
    // The parts of a path times those of a folder's path: a backtracking reader would need longer than the universe.
    const growth = Math.min(...[1, 2, 3].map(() => time(400) / time(100)));
    expect(growth).toBeLessThan(64);
  });
});
