import { endedWithMain } from './background-programs.js';

const sentence = (names: string): string =>
  `\n2 processes were still running when the program ended, and ended with it: ${names}.\n`;

it('a process cannot name itself into a line of ours', () => {
  expect(endedWithMain(['a\nRunning b.py', '\u001b[31mred\u2028'])).toBe(
    sentence('a\ufffdRunning b.py, \ufffd[31mred\ufffd'),
  );
  expect(endedWithMain(['naïve 学', 'naïve 学'])).toBe(sentence('naïve 学 (2)'));
});
