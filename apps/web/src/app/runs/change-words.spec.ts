import type { RunChange } from '@mle/protocol';
import { changeName, endNames } from './change-words';

const RATE: RunChange = { kind: 'knob', name: 'learning_rate', from: 0.05, to: -0.5 };
const CODE: RunChange = { kind: 'code', name: 'net.py', from: null, to: null, added: 2, removed: 1 };
const run = (...changes: RunChange[]) => ({ number: 2, before: { id: 'a', number: 1 }, changes });

describe('changeName', () => {
  it('is the one thing that changed, or how many did', () => {
    expect(changeName(run(RATE))).toBe('learning_rate −0.5');
    expect(changeName(run(CODE))).toBe('code net.py +2 −1');
    expect(changeName(run(RATE, CODE))).toBe('2 changes');
    expect(changeName(run())).toBe('');
  });
});

describe('endNames', () => {
  it('are the two values, or the numbers where there is no one pair of values', () => {
    expect(endNames(run(RATE))).toEqual({ now: '−0.5', before: '0.05' });
    expect(endNames(run(CODE))).toEqual({ now: '#2', before: '#1' });
    expect(endNames(run(RATE, CODE))).toEqual({ now: '#2', before: '#1' });
    expect(endNames({ number: 1, before: null, changes: [] })).toEqual({ now: '#1', before: '' });
  });
});
