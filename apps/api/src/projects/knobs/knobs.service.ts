import type { Knob, ParamValue } from '@mle/protocol';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { ProblemError } from '../../platform/http/problem.js';
import { DeadlineThread, ThreadLost } from '../../platform/threads/deadline-thread.js';
import { FilesService } from '../files/files.service.js';
import { ProjectsService } from '../projects.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import { changedFiles } from './changes/describe-changes.js';
import type { Comparison, KnobsAnswer, KnobsQuestion, RunSide } from './knobs-questions.js';
import { MAX_SOURCE } from './source-settings.js';

const DEADLINE_MS = 10_000;
const MEMORY_MB = 512;
/** Files whose lines are counted, when two runs are compared. */
const MAX_COUNTED = 20;

/** What of a run decides its knobs and its changes. */
export interface ComparedRun {
  file: string | null;
  params: Record<string, ParamValue>;
  args: string[];
  seed: number;
  snapshotId: string;
}

/** Finds the knobs of programs, and in what runs differ. Programs are parsed in a thread of their own. */
@Injectable()
export class KnobsService implements OnModuleDestroy {
  private readonly thread: DeadlineThread<KnobsQuestion, KnobsAnswer>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly projects: ProjectsService,
    private readonly files: FilesService,
    private readonly snapshots: SnapshotsService,
    private readonly blobs: BlobsService,
  ) {
    this.thread = new DeadlineThread({
      file: config.knobsReader,
      does: 'parses programs',
      deadlineMs: DEADLINE_MS,
      memoryMb: MEMORY_MB,
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.thread.end();
  }

  /** The knobs of a file as it is now. @throws ProblemError 404, 422 */
  async list(userId: string, projectId: string, path: string): Promise<Knob[]> {
    await this.projects.getOwned(userId, projectId);
    const { sha256 } = await this.files.find(projectId, path);
    const source = (await this.textOf(sha256)) ?? '';
    return (await this.ask({ kind: 'find', path, source, defined: {} })) as Knob[];
  }

  /** The knobs of a run, and in what it differs from an earlier one. */
  async compare(before: ComparedRun | null, after: ComparedRun): Promise<Comparison> {
    const [from, to] = await Promise.all([before && this.sideOf(before), this.sideOf(after)]);
    const texts = new Map<string, string>();
    const changed = from === null ? [] : changedFiles(from.files, to.files).slice(0, MAX_COUNTED);
    for (const sha256 of changed.flatMap((file) => [file.from, file.to])) {
      const text = sha256 === null ? null : await this.textOf(sha256);
      if (sha256 !== null && text !== null) texts.set(sha256, text);
    }
    return (await this.ask({ kind: 'compare', before: from, after: to, texts })) as Comparison;
  }

  private async sideOf({ file, params, args, seed, snapshotId }: ComparedRun): Promise<RunSide> {
    const { files } = await this.snapshots.manifest(snapshotId);
    const own = files.find(({ path }) => path === file);
    const source = own === undefined ? null : await this.textOf(own.sha256);
    return {
      file,
      params,
      args,
      seed,
      files: files.map(({ path, sha256 }) => ({ path, sha256 })),
      source,
    };
  }

  /** Null for what is no text, or larger than what a person writes. */
  private async textOf(sha256: string): Promise<string | null> {
    const size = await this.blobs.size(sha256);
    if (size === null || size > MAX_SOURCE) return null;
    const bytes = await this.blobs.read(sha256);
    return bytes.includes(0) ? null : bytes.toString('utf8');
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
