import type { RunView } from '@mle/protocol';
import { differsSomewhere, outcomeRows, settingRows } from './compared-rows';

const summary = (last: number | null, min: number, max: number) => ({ last, min, max, step: 9 });
const run = (of: Partial<RunView>) =>
  ({
    file: 'train.py',
    command: null,
    state: 'succeeded',
    knobs: {},
    params: {},
    args: [],
    env: {},
    seed: 0,
    machineName: 'here',
    metrics: {},
    finals: {},
    durationMs: 46_000,
    ...of,
  }) as unknown as RunView;
const texts = (rows: ReturnType<typeof settingRows>) =>
  rows
    .filter(differsSomewhere)
    .map(({ name, cells }) => [
      name,
      ...cells.map(({ text, delta, tone }) => [text, delta, tone].filter(Boolean).join(' ')),
    ]);

describe('rows of a comparison', () => {
  it('are settings that differ', () => {
    const rows = settingRows([
      run({ knobs: { rate: 0.5 }, args: ['-v'] }),
      run({ knobs: { rate: 1.6 }, machineName: 'there', env: { B: '1', A: '2' } }),
    ]);
    expect(texts(rows)).toEqual([
      ['rate', '0.5', '1.6'],
      ['arguments', '-v', 'not set'],
      ['environment', 'none', 'A=2 B=1'],
      ['machine', 'here', 'there'],
    ]);
    expect(rows.filter((row) => !differsSomewhere(row)).map(({ name }) => name)).toEqual(['program', 'seed']);
  });

  it('are numbers with what they gained', () => {
    const rows = outcomeRows(
      [
        run({
          metrics: { val_loss: summary(0.138, 0.13, 0.4), step_size: summary(3, 1, 3) },
          finals: { test_acc: 0.9 },
        }),
        run({ metrics: { val_loss: summary(0.124, 0.12, 0.4), step_size: summary(5, 1, 5) }, durationMs: 31_000 }),
        run({
          metrics: { val_loss: summary(null, 0.13, 0.5) },
          state: 'failed',
          exitCode: 1,
          finals: { test_acc: 0.8 },
        }),
      ],
      (name) => (name === 'val_loss' ? 'lower' : name === 'test_acc' ? 'higher' : null),
    );
    expect(texts(rows)).toEqual([
      ['state', 'succeeded', 'succeeded', 'failed: exit 1'],
      ['val_loss, best', '0.13', '0.12 −0.01 good', '0.13'],
      ['val_loss, last', '0.138', '0.124 −0.014 good', 'nan'],
      ['step_size, last', '3', '5 +2', ''],
      ['test_acc', '0.9', '', '0.8 −0.1 bad'],
      ['time', '0:46', '0:31', '0:46'],
    ]);
  });
});
