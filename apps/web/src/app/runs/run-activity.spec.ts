import { TestBed } from '@angular/core/testing';
import type { RunView } from '@mle/protocol';
import { ServerState } from '../core/server-state';
import { RunActivity } from './run-activity';
import { RunsStore } from './runs-store';

const run = (change: Partial<RunView>): RunView =>
  ({
    id: 'r',
    state: 'queued',
    waitReason: null,
    place: null,
    durationMs: null,
    startedAt: null,
    ...change,
  }) as RunView;

describe('what a run is doing', () => {
  function setUp() {
    TestBed.configureTestingModule({ providers: [{ provide: RunsStore, useValue: { progress: () => null } }] });
    return { activity: TestBed.inject(RunActivity), server: TestBed.inject(ServerState) };
  }

  it('says why it waits, but not while the server is silent', () => {
    const { activity, server } = setUp();
    const waits = run({ waitReason: 'Every machine of pool lab is busy; it is next.', place: 1 });
    expect(activity.of(waits)).toBe('Every machine of pool lab is busy; it is next.');
    expect(activity.of(run({ place: 3 }))).toBe('queued, 3 in line');
    server.lost();
    expect(activity.of(waits)).toBe('queued');
    server.reached();
    expect(activity.of(waits)).toContain('busy');
  });
});
