import type { RunView } from '@mle/protocol';
import { type ListFilter, matches } from './run-list';

const run = {
  number: 12,
  projectId: 'p',
  projectName: 'nets',
  machineId: 'm',
  state: 'failed',
  file: 'train.py',
  command: null,
  note: 'Too fast',
  machineName: 'lab-1',
  tags: ['gpu'],
  args: ['-v'],
  params: { lr: 0.5 },
  knobs: {},
} as unknown as RunView;
const all = { projectId: null, state: '', text: '', machineId: '', tag: '', file: '', knobs: [] };

describe('matches', () => {
  it.each<[Partial<ListFilter>, boolean]>([
    [{}, true],
    [{ projectId: 'p' }, true],
    [{ projectId: 'q' }, false],
    [{ state: 'failed' }, true],
    [{ state: 'active' }, false],
    [{ text: 'TRAIN too' }, true],
    [{ text: '#12 lr=0.5 gpu' }, true],
    [{ text: 'train other' }, false],
    [{ machineId: 'm', tag: 'gpu' }, true],
    [{ machineId: 'n' }, false],
    [{ tag: 'cpu' }, false],
    [{ file: 'train.py', knobs: [['lr', '.5']] }, true],
    [{ file: 'other.py' }, false],
    [{ knobs: [['lr', '1']] }, false],
  ])('%j', (filter, expected) => expect(matches(run, { ...all, ...filter })).toBe(expected));
});
