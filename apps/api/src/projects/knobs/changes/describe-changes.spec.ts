import { RunChangeSchema, shownChange } from '@mle/protocol';
import { changedFiles, describeChanges, type RunFacts } from './describe-changes.js';

const TRAIN = 'import nets\nlearning_rate = 0.5\nhidden = 16\nprint(learning_rate)\n';
const BASE: RunFacts = {
  file: 'train.py',
  knobs: { learning_rate: 0.5, hidden: 16 },
  params: {},
  args: [],
  seed: 0,
  files: [],
};

/** The sentences for a run of `after` since one of `before`; `files` are texts by path. */
function sentences(
  before: Partial<RunFacts>,
  after: Partial<RunFacts>,
  files: { before: Record<string, string>; after: Record<string, string> } = { before: {}, after: {} },
): string[] {
  // The text itself does for its hash.
  const manifest = (texts: Record<string, string>): RunFacts['files'] =>
    Object.entries(texts).map(([path, text]) => ({ path, sha256: `sha of ${text}` }));
  const texts = new Map(
    [...Object.values(files.before), ...Object.values(files.after)].map((text) => [`sha of ${text}`, text]),
  );
  const from = { ...BASE, files: manifest(files.before), ...before };
  const to = { ...BASE, files: manifest(files.after), ...after };
  return describeChanges(from, to, texts).map((change) => {
    const { name, was, now } = shownChange(RunChangeSchema.parse(change));
    return was === null ? `${name} ${now}` : `${name} ${was} → ${now}`;
  });
}

it('says nothing of a run again', () => {
  expect(sentences({}, {}, { before: { 'train.py': TRAIN }, after: { 'train.py': TRAIN } })).toEqual([]);
});

it('tells knobs, parameters, seed and arguments', () => {
  expect(
    sentences(
      { params: { hidden: 16, path: 'a' }, args: ['--fast'] },
      {
        knobs: { learning_rate: -1.6, hidden: 16 },
        params: { learning_rate: -1.6, path: 'b', extra: true },
        seed: 1,
        args: ['--fast', '-v'],
      },
    ),
  ).toEqual([
    'learning_rate 0.5 → −1.6',
    'path a → b',
    'extra not set → true',
    'seed 0 → 1',
    'arguments --fast → --fast -v',
  ]);
});

it('tells arguments apart that only look alike', () => {
  expect(sentences({ args: ['a', 'b'] }, { args: ['a b'] })).toHaveLength(1);
});

it('counts a knob in the code as a knob alone', () => {
  const later = TRAIN.replace('0.5', '1.6');
  expect(
    sentences(
      {},
      { knobs: { learning_rate: 1.6, hidden: 16 } },
      { before: { 'train.py': TRAIN }, after: { 'train.py': later } },
    ),
  ).toEqual(['learning_rate 0.5 → 1.6']);
});

it('says nothing where the code now holds what a parameter set before', () => {
  const later = TRAIN.replace('0.5', '1.6');
  const knobs = { learning_rate: 1.6, hidden: 16 };
  expect(
    sentences(
      { knobs, params: { learning_rate: 1.6 } },
      { knobs },
      { before: { 'train.py': TRAIN }, after: { 'train.py': later } },
    ),
  ).toEqual([]);
});

it('counts the lines of code beside the knobs in it', () => {
  const later = TRAIN.replace('0.5', '1.6').replace('print', 'x = 1.5\nprint') + 'print(x)\n';
  const knobs = { learning_rate: 1.6, hidden: 16, x: 1.5 };
  expect(sentences({}, { knobs }, { before: { 'train.py': TRAIN }, after: { 'train.py': later } })).toEqual([
    'learning_rate 0.5 → 1.6',
    'code train.py +2',
  ]);
});

it('takes a literal for code where the earlier run has no knobs on record', () => {
  const later = TRAIN.replace('0.5', '1.6');
  expect(sentences({ knobs: {} }, {}, { before: { 'train.py': TRAIN }, after: { 'train.py': later } })).toEqual([
    'code train.py +1 −1',
  ]);
});

it('takes constants of other files for code', () => {
  const files = {
    before: { 'net.py': 'width = 3\n', 'gone.py': 'a\nb\n' },
    after: { 'net.py': 'width = 4\n', 'new.py': 'a\n' },
  };
  expect(sentences({}, {}, files)).toEqual(['code gone.py −2', 'code net.py +1 −1', 'code new.py +1']);
});

it('names files that are no text, and many as one', () => {
  const after = Array.from({ length: 25 }, (_, i) => ({ path: `data/${String(i).padStart(2, '0')}.png`, sha256: 'x' }));
  const told = sentences({}, { files: after });
  expect(told).toHaveLength(21);
  expect([told[0], told[20]]).toEqual(['code data/00.png changed', 'code 5 more files changed']);
});

it('tells a seed once, whether the run or the code sets it', () => {
  expect(sentences({ knobs: { seed: 0 } }, { knobs: { seed: 1 }, seed: 1 })).toEqual(['seed 0 → 1']);
  expect(sentences({ knobs: { seed: 0 } }, { knobs: { seed: 1 } })).toEqual(['seed 0 → 1']);
});

it('finds changed files in linear time', () => {
  const files = Array.from({ length: 50_000 }, (_, i) => ({ path: `f${i}`, sha256: String(i) }));
  expect(changedFiles(files, [...files.slice(1), { path: 'f0', sha256: 'other' }])).toEqual([
    { path: 'f0', from: '0', to: 'other' },
  ]);
});
