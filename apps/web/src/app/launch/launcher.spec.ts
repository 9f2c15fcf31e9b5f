import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { CreateRun, MachineView, PoolView, RunView } from '@mle/protocol';
import { ServerState } from '../core/server-state';
import { Session } from '../core/session';
import { DocumentStore } from '../editor/document-store';
import { FilesStore } from '../files/files-store';
import { MachinesStore } from '../machines/machines-store';
import { PoolsStore } from '../pools/pools-store';
import { ProjectsStore } from '../projects/projects-store';
import { RunsApi } from '../runs/runs-api';
import { RunsStore } from '../runs/runs-store';
import { Launcher } from './launcher';
import { NO_OPTIONS, readOptions } from './run-options';
import { RunOptionsStore } from './run-options-store';

const machine = (id: string, change: Partial<MachineView> = {}): MachineView =>
  ({ id, name: id, state: 'online', slots: 1, running: [], ...change }) as MachineView;
const run = (id: string, machineId: string | null, target: string | null = null): RunView =>
  ({ id, number: 1, state: 'running', machineId, target: target ? { machineId: target } : null }) as RunView;

function launcher(
  known: MachineView[],
  running: RunView[] = [],
  typed = NO_OPTIONS,
  settings = { command: null as string | null },
  file = 'train.py',
  pools: PoolView[] = [],
) {
  const calls: { sent: CreateRun[]; order: string[] } = { sent: [], order: [] };
  const saved = signal(true);
  const [machines, active, options] = [signal(known), signal(running), signal(readOptions(typed))];
  const open = signal(file);
  const providers = [
    {
      provide: RunsApi,
      useValue: {
        create: (body: CreateRun) => (
          calls.order.push('create'),
          calls.sent.push(body),
          Promise.resolve(run('new', body.target && 'machineId' in body.target ? body.target.machineId : null))
        ),
      },
    },
    {
      provide: RunsStore,
      useValue: {
        active,
        get: (id: string) => active().find((other) => other.id === id) ?? null,
        put: () => undefined,
      },
    },
    {
      provide: DocumentStore,
      useValue: {
        active: signal({ kind: () => 'text', status: () => 'ready', path: open }),
        saveAll: () => (calls.order.push('save'), Promise.resolve(saved())),
      },
    },
    {
      provide: FilesStore,
      useValue: {
        projectId: signal('p'),
        get: (path: string) => (path === '' ? null : { path, mode: 0o644 }),
        flushDeletes: () => (calls.order.push('flush'), Promise.resolve()),
      },
    },
    {
      provide: RunOptionsStore,
      useValue: {
        read: options,
        valid: () => Object.keys(options().errors).length === 0,
        open: signal(false),
        change: () => undefined,
      },
    },
    { provide: MachinesStore, useValue: { list: machines } },
    { provide: PoolsStore, useValue: { list: signal(pools) } },
    { provide: ProjectsStore, useValue: { current: signal({ settings }) } },
    { provide: Session, useValue: { user: signal({ id: 'u' }) } },
  ];
  TestBed.configureTestingModule({ providers });
  return { launcher: TestBed.inject(Launcher), calls, saved, machines, options, open };
}

describe('Launcher', () => {
  beforeEach(() => localStorage.clear());

  it('aims at the machine of last time while it has room', () => {
    localStorage.setItem('mle.machine', '"b"');
    expect(launcher([machine('a'), machine('b')]).launcher.target()?.id).toBe('b');
  });

  it('aims at the first free machine when that of last time is busy, offline or gone', () => {
    localStorage.setItem('mle.machine', '"b"');
    expect(launcher([machine('a'), machine('b')], [run('r', 'b')]).launcher.target()?.id).toBe('a');
    TestBed.resetTestingModule();
    expect(
      launcher([
        machine('a', { state: 'draining' }),
        machine('b', { state: 'offline' }),
        machine('c'),
      ]).launcher.target()?.id,
    ).toBe('c');
    TestBed.resetTestingModule();
    expect(launcher([machine('a', { running: ['of another user'] }), machine('b')]).launcher.target()?.id).toBe('b');
  });

  it('waits for the machine of last time where none has room, and says so where none is online', async () => {
    localStorage.setItem('mle.machine', '"b"');
    const { launcher: subject, machines } = launcher([machine('a'), machine('b')], [run('r', 'a'), run('s', 'b')]);
    expect(subject.target()?.id).toBe('b');
    machines.set([machine('a', { state: 'offline' })]);
    await subject.goOnTarget();
    expect(subject.problem()?.text).toBe('No machine is online.');
    machines.set([machine('a')]);
    expect(subject.problem()).toBeNull();
  });

  it('runs the program that was open before a text, a table or a picture', () => {
    const { launcher: subject, open, calls } = launcher([machine('a')]);
    TestBed.tick();
    open.set('README.md');
    expect([subject.file(), subject.refusal()]).toEqual(['train.py', null]);
    open.set('other.py');
    expect(subject.file()).toBe('other.py');
    expect(calls.sent).toEqual([]);
  });

  it('counts runs that wait for a machine, and all its slots', () => {
    const [two, one] = [machine('a', { slots: 2 }), machine('b')];
    expect(launcher([two, one], [run('r', 'a')]).launcher.target()?.id).toBe('a');
    TestBed.resetTestingModule();
    expect(launcher([two, one], [run('r', 'a'), run('s', null, 'a')]).launcher.target()?.id).toBe('b');
  });

  it('saves, deletes what waits for Undo, then starts the run', async () => {
    const { launcher: subject, calls } = launcher([machine('a')], [], { ...NO_OPTIONS, params: 'lr=0.1', seed: '3' });
    await subject.goOnTarget();
    expect(calls.order).toEqual(['save', 'flush', 'create']);
    expect(calls.sent[0]).toEqual({
      projectId: 'p',
      file: 'train.py',
      target: { machineId: 'a' },
      params: { lr: 0.1 },
      seed: 3,
    });
    expect(subject.launched()?.id).toBe('new');
  });

  it('starts nothing that could not be saved or is mistaken, and says so', async () => {
    const { launcher: subject, calls, saved } = launcher([machine('a')]);
    saved.set(false);
    await subject.goOnTarget();
    expect(subject.problem()).toEqual({ placeId: 'a', text: 'Not started: a file could not be saved.' });
    TestBed.resetTestingModule();
    const mistaken = launcher([machine('a')], [], { ...NO_OPTIONS, seed: 'x' });
    await mistaken.launcher.goOnTarget();
    expect(mistaken.launcher.problem()?.text).toContain('run options');
    expect([...calls.sent, ...mistaken.calls.sent]).toEqual([]);
  });

  it('says nothing of machines while the server is silent', async () => {
    const { launcher: subject } = launcher([machine('a', { state: 'offline' })]);
    await subject.goOnTarget();
    TestBed.inject(ServerState).lost();
    expect(subject.problem()).toBeNull();
    TestBed.tick();
    TestBed.inject(ServerState).reached();
    expect(subject.problem()).toBeNull();
  });

  it('says why a Go was refused as long as it would be', async () => {
    const { launcher: subject, options } = launcher([machine('a')], [], { ...NO_OPTIONS, seed: 'x' });
    await subject.goOnTarget();
    expect(subject.problem()?.placeId).toBe('a');
    options.set(readOptions(NO_OPTIONS));
    expect(subject.problem()).toBeNull();
    TestBed.inject(ServerState).lost();
    await subject.goOnTarget();
    expect(subject.problem()?.text).toBe('The server does not answer.');
    TestBed.inject(ServerState).reached();
    expect(subject.problem()).toBeNull();
  });

  it('runs a file of any kind where the project has a command of its own', () => {
    expect(launcher([machine('a')], [], NO_OPTIONS, { command: null }, 'conf.yaml').launcher.refusal()).toContain(
      'conf.yaml is of no kind',
    );
    TestBed.resetTestingModule();
    expect(
      launcher([machine('a')], [], NO_OPTIONS, { command: 'python train.py {file}' }, 'conf.yaml').launcher.refusal(),
    ).toBeNull();
  });

  it('writes the same run as a command, without the token itself', async () => {
    const { launcher: subject, calls } = launcher([machine('a')], [], { ...NO_OPTIONS, params: 'lr=0.1' });
    expect(await subject.curl(machine('a'))).toBe(
      `curl -H "Authorization: Bearer $MLE_TOKEN" -H 'Content-Type: application/json' -d '{"projectId":"p","file":"train.py","target":{"machineId":"a"},"params":{"lr":0.1}}' ${location.origin}/api/v1/runs`,
    );
    expect(calls.order).toEqual(['save']);
  });

  it('sends a run to a pool with what it needs, and aims at that pool from then on', async () => {
    const pool: PoolView = { id: 'pool', name: 'lab', machineIds: ['a', 'b', 'c'], createdAt: '' };
    const machines = [
      machine('a', { slots: 2, running: ['of another user'] }),
      machine('b', { state: 'offline' }),
      machine('c'),
    ];
    const { launcher: subject, calls } = launcher(
      machines,
      [run('r', 'c')],
      { ...NO_OPTIONS, gpus: '1' },
      { command: null },
      'train.py',
      [pool],
    );
    expect([subject.room(pool), subject.target()?.id]).toEqual([{ free: 1, slots: 3 }, 'a']);
    await subject.go(pool);
    expect(calls.sent[0]).toEqual({ projectId: 'p', file: 'train.py', target: { poolId: 'pool' }, needs: { gpus: 1 } });
    expect(subject.target()).toBe(pool);
    await subject.go(machines[2] as MachineView);
    expect(calls.sent[1]).not.toHaveProperty('needs');
  });
});
