import { unreachedParams } from './unreached-params.js';

const warnings = (source: string, params: Record<string, number>): string[] =>
  unreachedParams('train.py', source, params);

it('says what the file has instead', () => {
  expect(warnings('learning_rate = 0.5\nhidden = 16\n', { lr: 0.1, hidden: 8 })).toEqual([
    'lr seems to reach nothing: train.py has learning_rate, hidden and does not read MLE_PARAM_LR.',
  ]);
});

it('names a few knobs only', () => {
  const source = Array.from({ length: 9 }, (_, i) => `k${i} = ${i}`).join('\n');
  expect(warnings(source, { lr: 1 })[0]).toContain('train.py has k0, k1, k2, k3, k4, k5, … and');
  expect(warnings('', { lr: 1 })[0]).toContain('train.py has no knobs and');
});

it.each([
  ['a knob', 'lr = 0.5'],
  ['an option', 'p.add_argument("--lr", default=0.5)'],
  ['the variable', 'lr = float(os.environ["MLE_PARAM_LR"])'],
  ['all variables', 'settings = json.loads(os.environ["MLE_PARAMS"])'],
  ['a variable whose name is made up', 'value = os.environ["MLE_PARAM_" + name.upper()]'],
  ['a name in quotes', 'lr = param("lr")'],
])('is content with %s', (_, source) => {
  expect(warnings(source, { lr: 0.1 })).toEqual([]);
});

it('looks at files of other languages', () => {
  expect(unreachedParams('run.sh', 'echo $MLE_PARAM_LR', { lr: 1, other: 2 })).toHaveLength(1);
});
