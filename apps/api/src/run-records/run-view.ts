import {
  type AttemptRef,
  type AttemptView,
  DEFAULT_PROJECT_SETTINGS,
  ON_MACHINE_STATES,
  type RunView,
} from '@mle/protocol';
import type { Attempt, Run } from './run.schema.js';

/** A run as the database has it. */
export type RunRecord = Omit<Run, '_id'> & { id: string };

export function runRecord({ _id, ...run }: Run): RunRecord {
  return { ...run, id: _id.toHexString() };
}

/** Why a run waits, and its place in line. */
export interface Waiting {
  waitReason: string | null;
  place: number | null;
}
export const NOT_WAITING: Waiting = { waitReason: null, place: null };

export function currentAttempt(run: RunRecord): Attempt {
  const attempt = run.attempts[run.attempt - 1];
  if (!attempt) throw new Error(`run ${run.id} has no attempt ${run.attempt}`);
  return attempt;
}

/** The files that its machine gets. */
export const sentSnapshot = ({ given, snapshotId }: RunRecord): string => given?.snapshotId ?? snapshotId;

/** Whether this attempt is the present one of its run, and the machine has it. */
export function isOn(run: RunRecord, { attempt }: AttemptRef, machineId: string): boolean {
  return (
    run.attempt === attempt && ON_MACHINE_STATES.includes(run.state) && currentAttempt(run).machineId === machineId
  );
}

export function runView(run: RunRecord, waiting: Waiting): RunView {
  const now = currentAttempt(run);
  return {
    id: run.id,
    number: run.number,
    ownerId: run.ownerId,
    projectId: run.projectId,
    projectName: run.projectName,
    state: run.state,
    ...waiting,
    attempt: run.attempt,
    attempts: run.attempts.map(attemptView),
    file: run.file,
    command: run.command,
    args: run.args,
    params: run.params,
    settings: run.settings ?? DEFAULT_PROJECT_SETTINGS,
    env: run.env,
    target: run.targetMachineId
      ? { machineId: run.targetMachineId }
      : run.targetPoolId
        ? { poolId: run.targetPoolId }
        : null,
    needs: run.needs,
    priority: run.priority,
    timeoutSeconds: run.timeoutSeconds,
    retry: run.retry,
    clean: run.clean,
    machineId: run.machineId,
    machineName: run.machineName,
    exitCode: now.exitCode,
    signal: now.signal,
    reason: now.reason,
    failure: now.failure ?? null,
    createdAt: run.createdAt.toISOString(),
    startedAt: now.startedAt?.toISOString() ?? null,
    finishedAt: now.finishedAt?.toISOString() ?? null,
    durationMs: now.startedAt && now.finishedAt ? now.finishedAt.getTime() - now.startedAt.getTime() : null,
    outputBytes: now.outputBytes,
    outputSha256: now.outputSha256,
    snapshotId: run.snapshotId,
    ...(run.before !== undefined && { before: run.before }),
    set: run.given?.set ?? [],
    warnings: run.given?.warnings ?? [],
    changes: run.changes ?? [],
    knobs: run.knobs ?? {},
    tags: run.tags,
    note: run.note,
    seed: run.seed,
    sweepId: run.trial?.sweepId ?? null,
    role: run.role ?? null,
    finals: Object.fromEntries((run.finals ?? []).map(({ name, value }) => [name, value])),
    // Runs of earlier versions have none.
    metrics: Object.fromEntries((run.metrics ?? []).map(({ name, ...summary }) => [name, summary])),
  };
}

function attemptView(attempt: Attempt): AttemptView {
  return {
    ...attempt,
    failure: attempt.failure ?? null,
    createdAt: attempt.createdAt.toISOString(),
    startedAt: attempt.startedAt?.toISOString() ?? null,
    finishedAt: attempt.finishedAt?.toISOString() ?? null,
    history: attempt.history.map(({ state, at }) => ({ state, at: at.toISOString() })),
  };
}
