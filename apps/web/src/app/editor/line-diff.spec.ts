import { diffLines } from './line-diff';

const rows = (left: string, right: string) =>
  diffLines(left, right).map((row) => `${row.same ? '=' : '!'} ${row.left ?? '∅'} | ${row.right ?? '∅'}`);

describe('diffLines', () => {
  it('puts what is common beside each other', () => {
    expect(rows('a\nb\nc', 'a\nB\nc')).toEqual(['= a | a', '! b | B', '= c | c']);
    expect(rows('a\nc', 'a\nb\nc')).toEqual(['= a | a', '! ∅ | b', '= c | c']);
    expect(rows('x\na\nb\ny', 'a\nq\nb')).toEqual(['! x | ∅', '= a | a', '! ∅ | q', '= b | b', '! y | ∅']);
  });

  it('says that equal texts are equal, and that empty ones differ from full ones', () => {
    expect(rows('a\nb', 'a\nb')).toEqual(['= a | a', '= b | b']);
    expect(rows('', 'a')).toEqual(['!  | a']);
  });

  it('gives both texts back, also where they are too long to compare', () => {
    const left = Array.from({ length: 3000 }, (_, i) => `left ${i}`).join('\n');
    const right = Array.from({ length: 2500 }, (_, i) => `right ${i}`).join('\n');
    const diff = diffLines(left, right);
    expect(diff.flatMap((row) => row.left ?? []).join('\n')).toBe(left);
    expect(diff.flatMap((row) => row.right ?? []).join('\n')).toBe(right);
  });
});
