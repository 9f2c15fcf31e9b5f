import { parseTemplate, templateProblem } from './command-template.js';

it.each([
  ['python train.py', [{ kind: 'text', text: 'python train.py' }]],
  [
    'python {file} --lr {lr}',
    [
      { kind: 'text', text: 'python ' },
      { kind: 'name', name: 'file' },
      { kind: 'text', text: ' --lr ' },
      { kind: 'name', name: 'lr' },
    ],
  ],
  [
    'echo ${{HOME}} {{{x}}}',
    [
      { kind: 'text', text: 'echo ${HOME} {' },
      { kind: 'name', name: 'x' },
      { kind: 'text', text: '}' },
    ],
  ],
  [
    '{a}{b}',
    [
      { kind: 'name', name: 'a' },
      { kind: 'name', name: 'b' },
    ],
  ],
  ['', []],
])('%j has its parts', (template, parts) => expect(parseTemplate(template)).toEqual(parts));

it.each(['echo {', 'echo }', '{ }', '{1}', '{a b}', '{}', 'x {{} y'])(
  '%j has a brace that stands alone',
  (template) => {
    expect(parseTemplate(template)).toBeNull();
    expect(templateProblem(template, {})).toMatch(/brace that stands alone/);
  },
);

it('an unknown name is told with those that are known', () => {
  expect(templateProblem('run {lrr} {file} {lrr} {x}', { lr: 0.1, batch: 4 })).toBe(
    'The command of the project names {lrr}, {x}, which this run does not have. Known are {file}, {seed}, {args}, {lr}, {batch}. Give the parameter, or write {{ and }} for braces.',
  );
  expect(templateProblem('run {file} {seed} {args} {lr}', { lr: 0.1 })).toBeNull();
});
