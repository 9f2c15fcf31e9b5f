import { effect, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { jest } from '@jest/globals';
import type { RunView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { Session } from '../core/session';
import { ProjectsStore } from '../projects/projects-store';
import { RunsApi } from './runs-api';
import { isStale, RunsStore } from './runs-store';

const run = (id: string, note: string, change: Partial<RunView> = {}): RunView =>
  ({
    id,
    note,
    number: 1,
    state: 'running',
    createdAt: '2026-01-01T00:00:00.000Z',
    attempt: 1,
    attempts: [{ n: 1, history: [] }],
    ...change,
  }) as unknown as RunView;

function setUp() {
  const listeners = new Map<string, (value: unknown) => void>();
  TestBed.configureTestingModule({
    providers: [
      {
        provide: EventsSocket,
        useValue: {
          reading: signal(0),
          on: (event: string, listener: (value: unknown) => void) => listeners.set(event, listener),
        },
      },
      { provide: RunsApi, useValue: {} },
      { provide: Session, useValue: { user: signal(null) } },
      { provide: ProjectsStore, useValue: { current: signal(null) } },
    ],
  });
  const store = TestBed.inject(RunsStore);
  let drawn = 0;
  TestBed.runInInjectionContext(() => effect(() => (store.all(), drawn++)));
  TestBed.tick();
  const tell = (event: string, value: unknown) => {
    listeners.get(event)?.(value);
    TestBed.tick();
  };
  const pass = (ms: number) => {
    jest.advanceTimersByTime(ms);
    TestBed.tick();
  };
  drawn = 0;
  return { store, tell, pass, drawn: () => drawn };
}

describe('the runs of the page', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('change at most four times a second, the first time at once', () => {
    const { store, tell, pass, drawn } = setUp();
    tell('run.changed', run('a', '0'));
    expect(store.get('a')?.note).toBe('0');
    for (let i = 1; i <= 100; i++) {
      tell('run.changed', run('a', String(i)));
      tell('run.changed', run('b', String(i)));
      pass(9);
    }
    pass(250);
    expect([store.get('a')?.note, store.get('b')?.note]).toEqual(['100', '100']);
    expect(drawn()).toBe(5);
  });

  it('never go back: what waited is older than an answer, a change of the page or a deletion', () => {
    const { store, tell, pass } = setUp();
    tell('run.changed', run('a', 'first'));
    tell('run.changed', run('a', 'second'));
    tell('run.changed', run('b', 'gone'));
    store.put(run('a', 'answer'));
    tell('run.deleted', { id: 'b' });
    pass(1000);
    expect([store.get('a')?.note, store.get('b')]).toEqual(['answer', null]);
    tell('run.changed', run('a', 'third'));
    tell('run.changed', run('a', 'fourth'));
    store.patch('a', { note: 'typed' });
    pass(1000);
    expect(store.get('a')?.note).toBe('typed');
  });
});

describe('isStale', () => {
  const at = (attempt: number, states: number): RunView =>
    run('a', '', {
      attempt,
      attempts: [
        { history: Array.from({ length: states }, () => ({ state: 'queued', at: '' })) },
      ] as unknown as RunView['attempts'],
    });

  it('never lets an older answer take a run back', () => {
    expect(isStale(at(1, 2), at(1, 3))).toBe(true);
    expect(isStale(at(1, 9), at(2, 1))).toBe(true);
    expect(isStale(at(1, 3), at(1, 3))).toBe(false);
    expect(isStale(at(2, 1), at(1, 9))).toBe(false);
    expect(isStale(at(1, 1), undefined)).toBe(false);
  });
});
