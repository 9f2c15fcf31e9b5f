import { parseTemplate, projectPathError, templateProblem } from '@mle/protocol';
import { hostileTexts, superLinear } from './hostile-texts.js';

// Stands here and not beside what it reads, since this library imports the protocol: the other way round is a circle.
describe('words of the protocol are read in linear time', () => {
  it.each<[what: string, beginnings: string[], read: (text: string) => unknown]>([
    ['a path of a project', ['a', 'a/', '%2', '%252'], projectPathError],
    ['a command template', ['python ', '{', '{a}'], parseTemplate],
    ['what is wrong with a command template', ['python ', '{', '{a}'], (text) => templateProblem(text, { a: 1 })],
  ])('%s', (_what, beginnings, read) => {
    expect(superLinear(hostileTexts(beginnings), read)).toEqual([]);
  });

  it('finds work that grows by the square', () => {
    const texts = hostileTexts().slice(0, 1);
    const square = ({ length }: string): number => {
      let sum = 0;
      for (let i = 0; i < (length * length) / 32; i++) sum = (sum + i) % 7;
      return sum;
    };
    expect(superLinear(texts, square)).toHaveLength(1);
  });
});
