import type { MachineRecord } from '../../machines/machines.repository.js';
import { MOST_COUNTED } from '../../run-records/run-lines.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { machineWaitReason } from './wait-reason.js';

const run = { notBefore: null, needs: null } as RunRecord;
const machine = { name: 'lab', online: true, draining: false } as MachineRecord;

describe('why a run waits for its machine', () => {
  it.each([
    [0, 'It is next on lab.'],
    [1, '1 run is before it on lab.'],
    [MOST_COUNTED, `${MOST_COUNTED} runs are before it on lab.`],
    [MOST_COUNTED + 1, `${MOST_COUNTED} runs or more are before it on lab.`],
  ])('behind %i others', (before, sentence) => {
    expect(machineWaitReason(run, machine, [], before)).toBe(sentence);
  });
});
