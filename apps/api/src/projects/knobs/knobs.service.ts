import type { Knob } from '@mle/protocol';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { blobsFolder } from '../../platform/blobs/blob-path.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { notFound, ProblemError } from '../../platform/http/problem.js';
import { BoundedQueue, QueueFull } from '../../platform/queues/bounded-queue.js';
import { DeadlineThread, ThreadLost } from '../../platform/threads/deadline-thread.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { FilesService } from '../files/files.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import type {
  ComparedRun,
  Comparison,
  Difference,
  KnobsAnswer,
  KnobsQuestion,
  ParamsSet,
  ProgramWithParams,
} from './knobs-questions.js';

const DEADLINE_MS = 10_000;
const MEMORY_MB = 512;
/** People who wait for the knobs of a file. */
const WAITING = 32;
const RETRY_SECONDS = 5;

/** Finds the knobs of programs, and in what runs differ. Programs are parsed in a thread of their own. */
@Injectable()
export class KnobsService implements OnModuleDestroy {
  private readonly thread: DeadlineThread<KnobsQuestion, KnobsAnswer>;
  /** The thread has one question of each line: whoever looks at a file does not wait for all runs that start. */
  private readonly looks = new BoundedQueue(1, WAITING);
  private readonly starts = new BoundedQueue(1, Infinity);
  private readonly comparisons = new BoundedQueue(1, Infinity);

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly files: FilesService,
    private readonly runs: OwnedRuns,
    private readonly snapshots: SnapshotsService,
  ) {
    this.thread = new DeadlineThread({
      file: config.knobsReader,
      does: 'parses programs',
      deadlineMs: DEADLINE_MS,
      memoryMb: MEMORY_MB,
      data: blobsFolder(config.dataDir),
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.thread.end();
  }

  /** The knobs of a file as it is now, or as a run of the project had it. @throws ProblemError 404, 422, 503 */
  async list(userId: string, projectId: string, path: string, runId?: string): Promise<Knob[]> {
    const { sha256 } = await (runId === undefined
      ? this.files.get(userId, projectId, path)
      : this.fileOfRun(userId, projectId, path, runId));
    return (await this.look({ kind: 'find', path, sha256 })) as Knob[];
  }

  /** In what run `b` differs from run `a`, for a person who compares them. @throws ProblemError 422, 503 */
  async diff(a: ComparedRun, b: ComparedRun): Promise<Difference> {
    return (await this.look({ kind: 'diff', a: factsOf(a), b: factsOf(b) })) as Difference;
  }

  /** Gives a program its parameters the way it reads them. @throws ProblemError 422 */
  async set(program: ProgramWithParams): Promise<ParamsSet> {
    return (await this.starts.run(() => this.ask({ kind: 'set', ...program }))) as ParamsSet;
  }

  /** The knobs of a run, and in what it differs from an earlier one. */
  async compare(before: ComparedRun | null, after: ComparedRun): Promise<Comparison> {
    const question: KnobsQuestion = { kind: 'compare', before: before && factsOf(before), after: factsOf(after) };
    return (await this.comparisons.run(() => this.ask(question))) as Comparison;
  }

  private async fileOfRun(userId: string, projectId: string, path: string, runId: string): Promise<{ sha256: string }> {
    const { number, snapshotId } = await this.runs.inProject(userId, projectId, runId);
    const { files } = await this.snapshots.manifest(snapshotId);
    const file = files.find((each) => each.path === path);
    if (file === undefined) throw notFound('file', `Run ${number} had no file ${path}.`);
    return file;
  }

  private async look(question: KnobsQuestion): Promise<KnobsAnswer> {
    try {
      return await this.looks.run(() => this.ask(question));
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      const detail = 'Too many programs are read at this moment. Try again in a few seconds.';
      throw new ProblemError(503, 'knobs.busy', detail, undefined, { 'Retry-After': String(RETRY_SECONDS) });
    }
  }

  private async ask(question: KnobsQuestion): Promise<KnobsAnswer> {
    for (;;) {
      try {
        return await this.thread.enter().ask(question);
      } catch (error) {
        if (!(error instanceof ThreadLost)) throw error;
        if (error.culprit)
          throw new ProblemError(422, 'knobs.unreadable', 'The file cannot be searched for knobs: it takes too long.');
      }
    }
  }
}

/** Of the whole record of a run only what is compared goes to the thread. */
function factsOf({ file, params, args, seed, snapshotId, set }: ComparedRun): ComparedRun {
  return { file, params, args, seed, snapshotId, set };
}
