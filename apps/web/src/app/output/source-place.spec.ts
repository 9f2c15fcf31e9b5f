import { type DrawnRun, withPlace } from './drawn-line';
import { sourcePlace } from './source-place';

const drawn = (...texts: string[]): DrawnRun[] => texts.map((text) => ({ text, classes: '', mark: '' }));

describe('sourcePlace', () => {
  it.each([
    ['  File "/ws/train.py", line 12, in <module>', '/ws/train.py', 12, 'File "/ws/train.py", line 12'],
    ['    at step (file:///ws/src/loop.mjs:4:9)', '/ws/src/loop.mjs', 4, 'file:///ws/src/loop.mjs:4:9'],
    ['    at /ws/train.js:3:7', '/ws/train.js', 3, '/ws/train.js:3:7'],
  ])('finds where %s was', (text, path, line, shown) => {
    const found = sourcePlace(text);
    expect(found).toMatchObject({ path, line });
    expect(text.slice(found?.from, found?.to)).toBe(shown);
  });

  it.each(['a File "x.py", line 1', 'look at that: 1:2', '    at Promise.all (index 0)', ''])(
    'finds nothing in %j',
    (text) => expect(sourcePlace(text)).toBeNull(),
  );
});

describe('withPlace', () => {
  const fileOf = (path: string) => (path.endsWith('train.py') ? 'train.py' : null);

  it('leads from the place to the file of the project, through changes of colour', () => {
    const runs = withPlace(drawn('  File "/ws/', 'train.py', '", line 12, in f'), fileOf);
    expect(runs.map(({ text, place }) => [text, place?.line])).toEqual([
      ['  ', undefined],
      ['File "/ws/', 12],
      ['train.py', 12],
      ['", line 12', 12],
      [', in f', undefined],
    ]);
    expect(runs[1]?.place).toEqual({ path: 'train.py', line: 12 });
  });

  it('shows the path as the project has it', () => {
    const runs = withPlace(drawn('  File "/ws/train.py", line 12, in f'), fileOf);
    expect(runs.map(({ text }) => text)).toEqual(['  ', 'File "train.py", line 12', ', in f']);
  });

  it('leads nowhere from a file of a library', () => {
    const runs = drawn('  File "/usr/lib/python3/json.py", line 1');
    expect(withPlace(runs, fileOf)).toBe(runs);
  });
});
