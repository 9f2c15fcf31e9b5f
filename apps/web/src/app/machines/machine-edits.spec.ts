import { TestBed } from '@angular/core/testing';
import type { MachineView, UpdateMachine } from '@mle/protocol';
import { Toasts } from '../core/toasts';
import { MachineEdits } from './machine-edits';
import { MachinesApi } from './machines-api';
import { MachinesStore } from './machines-store';

const machine = {
  id: 'm',
  name: 'lab',
  state: 'online',
  draining: false,
  slots: 1,
  labels: ['old'],
  poolIds: [],
  lostAfterSeconds: null,
} as unknown as MachineView;

function edits(update: (change: UpdateMachine) => Promise<MachineView>) {
  const shown: MachineView[] = [machine];
  const sent: UpdateMachine[] = [];
  TestBed.configureTestingModule({
    providers: [
      {
        provide: MachinesApi,
        useValue: { update: (_id: string, change: UpdateMachine) => (sent.push(change), update(change)) },
      },
      { provide: MachinesStore, useValue: { get: () => shown.at(-1), put: (view: MachineView) => shown.push(view) } },
    ],
  });
  return { subject: TestBed.inject(MachineEdits), toasts: TestBed.inject(Toasts), shown, sent };
}

it('shows a change at once, and undoes it with what was there before', async () => {
  const { subject, toasts, shown, sent } = edits(({ labels }) => Promise.resolve({ ...machine, labels: labels ?? [] }));
  const applied = subject.apply(machine, { labels: ['new'] }, 'Labels changed');
  expect(shown.at(-1)?.labels).toEqual(['new']);
  await applied;
  toasts.list()[0]?.action?.run();
  await Promise.resolve();
  expect(sent).toEqual([{ labels: ['new'] }, { labels: ['old'] }]);
});

it('takes a refused change back and says why', async () => {
  const { subject, toasts, shown } = edits(() => Promise.reject(new Error('no')));
  await expect(subject.apply(machine, { drain: true, slots: 3 }, 'Changed')).rejects.toThrow('no');
  expect(shown.map(({ state, slots }) => [state, slots])).toEqual([
    ['online', 1],
    ['draining', 3],
    ['online', 1],
  ]);
  expect(toasts.list()).toEqual([]);
});
