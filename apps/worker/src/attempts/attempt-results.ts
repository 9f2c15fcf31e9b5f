import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptRef, OutputStream, RunSpec } from '@mle/protocol';
import type { Logger } from '../base/logger.js';
import { FILES } from '../journal/records.js';
import type { Workspaces } from '../prepare/sync/workspaces.js';
import type { ArtifactSender } from '../results/artifacts/artifact-sender.js';
import { ArtifactWatch } from '../results/artifacts/artifact-watch.js';
import { type EventPlace, EventWatch } from '../results/events/event-watch.js';
import { spoolLines } from '../results/output/spool-lines.js';
import type { Link } from '../server/link/link.js';

interface ResultTools {
  link: Link;
  workspaces: Workspaces;
  artifacts: ArtifactSender;
}

/** What an attempt is to the results: whose they are, and where they lie. */
export interface AttemptPlace {
  ref: AttemptRef;
  spec: RunSpec;
  slot: number;
  /** Of the attempt in the journal. */
  folder: string;
}

interface Events {
  /** Says something in the run's output. */
  note: (text: string, stream?: OutputStream) => Promise<void>;
  /** The server has the attempt elsewhere by now. */
  onSuperseded: () => void;
}

type ArtifactsReport = Awaited<ReturnType<ArtifactWatch['finish']>>;

/** What a program makes beside its output: artifacts, event files of TensorBoard, and files left in its workspace. */
export class AttemptResults {
  private readonly artifacts: ArtifactWatch;
  private readonly events: EventWatch;

  constructor(
    private readonly tools: ResultTools,
    private readonly place: AttemptPlace,
    { note, onSuperseded }: Events,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {
    const { ref, folder } = place;
    const pictures = join(folder, FILES.pictures);
    this.artifacts = new ArtifactWatch(
      tools.artifacts,
      { ref, folder: tools.workspaces.outputs(ref), pictures, uid: () => this.uid },
      (text) => note(text),
      onSuperseded,
      log,
      signal,
    );
    this.events = new EventWatch(
      () => this.eventPlace(),
      { write: (lines) => note(lines, 'tensorboard'), tell: (text) => note(text) },
      pictures,
      log,
      signal,
    );
  }

  /** To whom its output folder was given: also a worker of before, where each slot had a user id, gave it to its program. */
  get uid(): number | null {
    const { workspaces } = this.tools;
    return workspaces.uidOf(workspaces.outputs(this.place.ref));
  }

  /** Something could not be stored, and is on this machine only. */
  get droppedAny(): boolean {
    return this.artifacts.droppedAny;
  }

  start(): void {
    this.artifacts.start();
    this.events.start(() => spoolLines(join(this.place.folder, FILES.spool), 'tensorboard'));
  }

  /** After the program, and while the slot is not free: the next run changes the workspace. */
  async finish(): Promise<ArtifactsReport> {
    // Its pictures are among the artifacts.
    await this.events.finish();
    const [artifacts] = await Promise.all([this.artifacts.finish(), this.reportLeftovers()]);
    return artifacts;
  }

  /** The server says that it lacks some. */
  async putAgain(): Promise<ArtifactsReport> {
    await this.artifacts.putAgain();
    return this.artifacts.finish();
  }

  /** Stores nothing more. */
  cut(): void {
    this.artifacts.cut();
  }

  private async reportLeftovers(): Promise<void> {
    const { ref, spec, slot } = this.place;
    try {
      const since = this.since;
      if (since === null) return;
      const { items, truncated } = await this.tools.workspaces.leftovers(spec, slot, since);
      if (items.length > 0)
        await this.tools.link.insist(this.signal, () => this.tools.link.leftovers({ ...ref, slot, items, truncated }));
    } catch (error) {
      this.signal.throwIfAborted();
      this.log.warn({ err: error }, 'The files that a run left in its workspace could not be listed.');
    }
  }

  /** When the program began, by the clock of the file system; null: not yet. */
  private get since(): number | null {
    return lstatSync(join(this.place.folder, FILES.started), { throwIfNoEntry: false })?.ctimeMs ?? null;
  }

  private eventPlace(): EventPlace {
    const { workspaces } = this.tools;
    const folder = workspaces.workspace(this.place.spec.projectId, this.place.slot);
    return {
      roots: [
        { folder, name: '', uid: workspaces.uidOf(folder) },
        { folder: workspaces.outputs(this.place.ref), name: '$MLE_OUTPUT_DIR/', uid: this.uid },
      ],
      since: this.since,
    };
  }
}
