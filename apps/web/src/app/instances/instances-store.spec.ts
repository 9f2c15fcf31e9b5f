import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { InstanceList, InstanceView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { Session } from '../core/session';
import { InstancesApi } from './instances-api';
import { InstancesStore } from './instances-store';

const instance = (id: string, state: InstanceView['state']): InstanceView =>
  ({ id, state, requestedAt: '' }) as Partial<InstanceView> as InstanceView;

it('a list that was asked for before an event takes nothing back that the event told', async () => {
  const listeners = new Map<string, (value: unknown) => void>();
  const answers: ((items: InstanceView[]) => void)[] = [];
  const list = (): Promise<InstanceList> =>
    new Promise((resolve) => answers.push((items) => resolve({ items, providers: [] } as never)));
  TestBed.configureTestingModule({
    providers: [
      {
        provide: EventsSocket,
        useValue: {
          reading: signal(1),
          on: (event: string, listener: (value: unknown) => void) => listeners.set(event, listener),
        },
      },
      { provide: InstancesApi, useValue: { list } },
      { provide: Session, useValue: { user: signal({}) } },
    ],
  });
  const store = TestBed.inject(InstancesStore);
  TestBed.tick();
  const states = (): string[] => store.list().map(({ id, state }) => `${id} ${state}`);
  const older = [instance('b', 'terminating'), instance('a', 'ready')];

  listeners.get('instance.changed')?.(instance('b', 'terminated'));
  answers[0]?.(older);
  await Promise.resolve();
  await Promise.resolve();
  expect(states()).toEqual(['b terminated', 'a ready']);

  const loaded = store.load();
  answers[1]?.([instance('a', 'stopping')]);
  await loaded;
  expect(states()).toEqual(['a stopping']);
});
