import { LabelSchema, UpdateMachineSchema } from '@mle/protocol';
import { labelProblem, MOST_LABELS } from './label-rules';

it.each(['cuda', 'cuda-12.4', 'a/b_c', 'x'.repeat(40), 'x'.repeat(41), '', 'two words', 'käse', 'a,b'])(
  'judges %j as the server does',
  (text) => {
    expect(labelProblem(text, []) === null).toBe(LabelSchema.safeParse(text).success);
  },
);

it('refuses a label twice, and one too many', () => {
  const most = Array.from({ length: MOST_LABELS }, (_, i) => `l${i}`);
  expect(labelProblem('l1', most.slice(0, 3))).toContain('already');
  expect(labelProblem('new', most)).toContain('at most');
  expect([
    UpdateMachineSchema.safeParse({ labels: most }).success,
    UpdateMachineSchema.safeParse({ labels: [...most, 'new'] }).success,
  ]).toEqual([true, false]);
});
