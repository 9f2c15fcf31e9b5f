import type { RunChange, RunView } from '@mle/protocol';
import { conclusionOf } from './conclusion';

const run = (of: Partial<RunView> = {}) =>
  ({
    number: 1,
    state: 'succeeded',
    file: 'train.py',
    command: null,
    env: {},
    settings: {},
    ...of,
  }) as unknown as RunView;
const knob: RunChange = { kind: 'knob', name: 'rate', from: 0.5, to: 1.6 };
const seed: RunChange = { kind: 'seed', name: 'seed', from: 0, to: 1 };
const code = (name: string): RunChange => ({ kind: 'code', name, from: null, to: null, added: 3 });

describe('what two runs say', () => {
  it('is chance where one thing differs', () => {
    expect(conclusionOf(run(), run(), [knob])).toEqual({
      tone: 'info',
      text: 'One thing differs: rate 0.5 → 1.6. One seed each: it may be chance.',
    });
    expect(conclusionOf(run(), run(), [seed]).text).toContain('Only the seed differs');
    expect(conclusionOf(run(), run(), []).text).toContain('Nothing differs');
  });

  it('is nothing about a cause where several things differ', () => {
    expect(conclusionOf(run(), run(), [knob, code('net.py'), code('train.py')])).toEqual({
      tone: 'warn',
      text: '2 things differ: rate 0.5 → 1.6 and the code, so this does not say which one did it.',
    });
    expect(conclusionOf(run(), run(), [knob, seed]).tone).toBe('warn');
    expect(conclusionOf(run(), run({ file: 'other.py' }), [knob]).text).toContain('and the program,');
    expect(conclusionOf(run({ env: { A: '1' } }), run(), [knob]).text).toContain('environment');
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name): RunChange => ({ ...knob, name }));
    expect(conclusionOf(run(), run(), many).text).toContain('and 2 more, so');
  });

  it('counts no order of entries', () => {
    expect(conclusionOf(run({ env: { A: '1', B: '2' } }), run({ env: { B: '2', A: '1' } }), []).text).toContain(
      'Nothing',
    );
  });

  it('tells which one is not finished', () => {
    expect(conclusionOf(run(), run({ number: 7, state: 'running' }), [knob]).text).toMatch(/^#7 is not finished\. One/);
  });
});
