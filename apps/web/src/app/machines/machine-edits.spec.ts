import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { MachineView, UpdateMachine } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { Session } from '../core/session';
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
  const sent: UpdateMachine[] = [];
  const events = { on: () => () => undefined, epoch: signal(0), reading: signal(0), connected: signal(true) };
  TestBed.configureTestingModule({
    providers: [
      {
        provide: MachinesApi,
        useValue: { update: (_id: string, change: UpdateMachine) => (sent.push(change), update(change)) },
      },
      { provide: EventsSocket, useValue: events },
      { provide: Session, useValue: { user: signal(null) } },
    ],
  });
  const store = TestBed.inject(MachinesStore);
  store.put(machine);
  const shown = (): MachineView | null => store.get('m');
  return { subject: TestBed.inject(MachineEdits), toasts: TestBed.inject(Toasts), store, shown, sent };
}

it('shows a change at once, and undoes it with what was there before', async () => {
  const { subject, toasts, shown, sent } = edits(({ labels }) => Promise.resolve({ ...machine, labels: labels ?? [] }));
  const applied = subject.apply(machine, { labels: ['new'] }, 'Labels changed');
  expect(shown()?.labels).toEqual(['new']);
  await applied;
  expect(shown()?.labels).toEqual(['new']);
  toasts.list()[0]?.action?.run();
  await new Promise((resolve) => setTimeout(resolve));
  expect(sent).toEqual([{ labels: ['new'] }, { labels: ['old'] }]);
});

it('takes a refused change back and says why', async () => {
  const { subject, toasts, shown } = edits(() => Promise.reject(new Error('no')));
  const applied = subject.apply(machine, { drain: true, slots: 3 }, 'Changed');
  expect(shown()).toMatchObject({ state: 'draining', slots: 3 });
  await expect(applied).rejects.toThrow('no');
  expect(shown()).toMatchObject({ state: 'online', slots: 1 });
  expect(toasts.list()).toEqual([]);
});

it('keeps showing a change while the server tells of earlier ones, and sends one after the other', async () => {
  const answers: ((view: MachineView) => void)[] = [];
  const { subject, store, shown, sent } = edits(() => new Promise((resolve) => answers.push(resolve)));
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const slots = subject.apply(machine, { slots: 2 });
  const drained = subject.apply(machine, { drain: true });
  await settle();
  expect(sent).toEqual([{ slots: 2 }]);
  store.put({ ...machine, slots: 2 });
  expect(shown()).toMatchObject({ draining: true, slots: 2 });
  answers[0]?.({ ...machine, slots: 2 });
  await slots;
  expect(shown()).toMatchObject({ draining: true, slots: 2 });
  await settle();
  expect(sent).toEqual([{ slots: 2 }, { drain: true }]);
  answers[1]?.({ ...machine, slots: 2, draining: true, state: 'draining' });
  await drained;
  expect(shown()).toMatchObject({ draining: true, slots: 2, state: 'draining' });
});
