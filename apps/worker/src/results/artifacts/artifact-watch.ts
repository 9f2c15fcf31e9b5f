import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptRef, DroppedArtifact } from '@mle/protocol';
import { artifactQuotaReason, LIMITS } from '@mle/protocol';
import type { Logger } from '../../base/logger.js';
import { shownName } from '../../base/shown-name.js';
import type { ArtifactSender, Source } from './artifact-sender.js';
import { Superseded } from './artifact-sender.js';
import type { OutputScan, ScannedFile } from './output-scan.js';
import { scanResults } from './output-scan.js';
import type { Trace } from './own-file.js';
import { hashOf, NotOwn, openOwn, sameTrace, traceOf } from './own-file.js';

const SCAN_MS = 1_000;
/** Looking takes at most this share of the time. */
const SCAN_SHARE = 20;
/** Hashed before they are sent: large files one by one, so that each appears when it is there. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** A message holds as many files that are refused as files that fail. */
const HALF_BATCH = LIMITS.artifactBatch / 2;
/** A file that changes again and again although the run is over. */
const LAST_ROUNDS = 5;
/** Lines in the run's own output; the list on its page has all of them. */
const LINES = 20;
const UNSTABLE = 'It kept changing while it was read.';
const CUT = 'The run was stopped before it was stored.';

interface Place {
  ref: AttemptRef;
  folder: string;
  /** Of what the worker took from event files. */
  pictures: string;
  /** Whose files they have to be, asked when there may be some. Null: anybody's. */
  uid: () => number | null;
}

type Due = { path: string; file: ScannedFile };

/** Stores the files of one attempt's output folder while they settle, and all of them at the end. */
export class ArtifactWatch {
  /** What the server has stored. */
  private readonly stored = new Map<string, Trace>();
  /** What was reported as dropped, and how it looked then; null: whatever it looks like. */
  private readonly dropped = new Map<string, { reason: string; trace: Trace | null }>();
  private before = new Map<string, ScannedFile>();
  private readonly halted = new AbortController();
  private readonly cutOff = new AbortController();
  private loop: Promise<void> | null = null;
  private lines = 0;

  constructor(
    private readonly sender: ArtifactSender,
    private readonly place: Place,
    /** A line for the run's own output. */
    private readonly tell: (text: string) => Promise<void>,
    private readonly onSuperseded: () => void,
    private readonly log: Logger,
    /** Aborted when the attempt is forgotten. */
    private readonly gone: AbortSignal,
  ) {}

  /** Something is not stored: the folder is worth keeping. */
  get droppedAny(): boolean {
    return this.dropped.size > 0;
  }

  start(): void {
    this.loop ??= this.watch();
  }

  /**
   * The server counts others than we do: it lacks some, or has some that the run removed while no worker looked. All
   * are put again.
   */
  async putAgain(): Promise<void> {
    await this.sender.beginAfresh(this.place.ref, this.gone);
    this.stored.clear();
  }

  /** What is not stored by now is dropped. */
  cut(): void {
    this.cutOff.abort(new Error(CUT));
  }

  /** After the end of the program: stores what is there. Answers what is stored in all. */
  async finish(): Promise<{ files: number; bytes: number }> {
    this.halted.abort();
    await this.loop;
    // Room that was missing may be there now.
    this.dropped.clear();
    for (let round = 0; ; round++) {
      const scan = await scanResults(this.place.folder, this.place.pictures);
      const due = this.due(scan);
      if (due.length === 0 && this.removed(scan).length === 0 && this.refusals(scan).length === 0) break;
      if (round >= LAST_ROUNDS || this.cutOff.signal.aborted) {
        await this.step(scan, due, this.cutOff.signal.aborted ? CUT : UNSTABLE);
        break;
      }
      await this.step(scan, due).catch((error: unknown) => this.failed(error));
      this.gone.throwIfAborted();
    }
    return { files: this.stored.size, bytes: this.bytes() };
  }

  private async watch(): Promise<void> {
    const pause = AbortSignal.any([this.halted.signal, this.gone]);
    let wait = SCAN_MS;
    while (!pause.aborted) {
      await delay(wait, undefined, { signal: pause }).catch(() => undefined);
      if (pause.aborted) return;
      const began = performance.now();
      const scan = await scanResults(this.place.folder, this.place.pictures);
      wait = Math.max(SCAN_MS, (performance.now() - began) * SCAN_SHARE);
      const settled = this.due(scan).filter(({ path, file }) =>
        sameTrace(this.before.get(path) ?? { ...file, inode: -1 }, file),
      );
      this.before = scan.files;
      await this.step(scan, settled).catch((error: unknown) => this.failed(error));
    }
  }

  /** Stores what is due, or drops it for a reason, in pieces small enough to be seen one after the other. */
  private async step(scan: OutputScan, due: Due[], dropReason: string | null = null): Promise<void> {
    const signal = dropReason === null ? this.signal() : this.gone;
    let removed = this.removed(scan);
    let refused = this.refusals(scan);
    for (let first = 0; first < due.length || removed.length + refused.length > 0;) {
      signal.throwIfAborted();
      const batch = nextBatch(due, first);
      first += batch.length;
      const failures =
        dropReason === null ? [] : batch.map(({ path, file }) => ({ path, size: file.size, reason: dropReason }));
      const sources = dropReason === null ? await this.sources(scan, batch, failures) : [];
      await this.store(
        scan,
        sources,
        { dropped: [...refused.slice(0, HALF_BATCH), ...failures], removed: removed.slice(0, HALF_BATCH) },
        signal,
      );
      refused = refused.slice(HALF_BATCH);
      removed = removed.slice(HALF_BATCH);
    }
  }

  private async store(
    scan: OutputScan,
    sources: Source[],
    { dropped, removed }: { dropped: DroppedArtifact[]; removed: string[] },
    signal: AbortSignal,
  ): Promise<void> {
    if (sources.length + dropped.length + removed.length === 0) return;
    const result = await this.sender.store(this.place.ref, sources, { dropped, removed }, signal);
    for (const path of removed) {
      this.stored.delete(path);
      this.dropped.delete(path);
    }
    for (const { path } of result.stored) {
      const file = scan.files.get(path);
      if (file !== undefined) this.stored.set(path, file);
      this.dropped.delete(path);
    }
    for (const { path, reason } of [...dropped, ...result.refused]) {
      this.stored.delete(path);
      this.dropped.set(path, { reason, trace: scan.files.get(path) ?? null });
    }
    await this.announce(result.news);
  }

  /** Hashes files. What changed meanwhile waits for the next look; what cannot be read is a failure. */
  private async sources(scan: OutputScan, batch: Due[], failures: DroppedArtifact[]): Promise<Source[]> {
    const sources: Source[] = [];
    let files = this.stored.size;
    let bytes = this.bytes();
    for (const { path, file } of batch) {
      const known = this.stored.get(path);
      if (known === undefined) files++;
      bytes += file.size - (known?.size ?? 0);
      const reason = artifactQuotaReason(files, bytes);
      const source = reason === null ? await this.source(scan, path, file) : reason;
      if (typeof source === 'object') {
        if (source !== null) sources.push(source);
        continue;
      }
      failures.push({ path, size: file.size, reason: source });
      if (known === undefined) files--;
      bytes -= file.size - (known?.size ?? 0);
    }
    return sources;
  }

  /** A sentence where it cannot be stored; null where it changed. */
  private async source(scan: OutputScan, path: string, file: ScannedFile): Promise<Source | string | null> {
    const open = async (): Promise<Awaited<ReturnType<typeof openOwn>>['handle']> => {
      const { handle, stat } = await (file.own
        ? openOwn(dirname(file.real), file.real, null)
        : openOwn(scan.root, file.real, this.place.uid()));
      if (sameTrace(traceOf(stat), file)) return handle;
      await handle.close();
      throw new Error('It changed.');
    };
    try {
      const handle = await open();
      try {
        const sha256 = await hashOf(handle, this.signal());
        if (!sameTrace(traceOf(await handle.stat()), file)) return null;
        return { entry: { path, size: file.size, sha256, modifiedAt: file.mtimeMs, origin: 'output' }, open };
      } finally {
        await handle.close();
      }
    } catch (error) {
      this.signal().throwIfAborted();
      if (error instanceof NotOwn) return error.message;
      const { code } = error as NodeJS.ErrnoException;
      return code === undefined || code === 'ENOENT' ? null : `It cannot be read (${code}).`;
    }
  }

  /** New or changed since it was stored, or since it was dropped. */
  private due(scan: OutputScan): Due[] {
    const due: Due[] = [];
    for (const [path, file] of scan.files) {
      const known = this.stored.get(path) ?? this.dropped.get(path)?.trace;
      if (known === undefined || known === null || !sameTrace(known, file)) due.push({ path, file });
    }
    return due;
  }

  private removed(scan: OutputScan): string[] {
    const there = new Set(scan.refused.map(({ path }) => path));
    return [...this.stored.keys(), ...this.dropped.keys()].filter((path) => !scan.files.has(path) && !there.has(path));
  }

  private refusals(scan: OutputScan): DroppedArtifact[] {
    return scan.refused.filter(({ path, reason }) => this.dropped.get(path)?.reason !== reason);
  }

  private async announce(news: DroppedArtifact[]): Promise<void> {
    for (const { path, reason } of news) {
      if (this.lines > LINES) return;
      this.lines++;
      await this.tell(
        this.lines > LINES
          ? 'More files are not kept as artifacts; the page of the run lists them.\n'
          : `${shownName(path)} is not kept as an artifact. ${reason}\n`,
      );
    }
  }

  private failed(error: unknown): void {
    if (this.gone.aborted || this.cutOff.signal.aborted) return;
    if (error instanceof Superseded) return this.onSuperseded();
    this.log.error({ err: error }, 'The artifacts of a run could not be stored. It is tried again at its end.');
  }

  private bytes(): number {
    let bytes = 0;
    for (const { size } of this.stored.values()) bytes += size;
    return bytes;
  }

  private signal(): AbortSignal {
    return AbortSignal.any([this.gone, this.cutOff.signal]);
  }
}

function nextBatch(due: Due[], first: number): Due[] {
  let bytes = 0;
  let end = first;
  while (end < due.length && end - first < HALF_BATCH) {
    bytes += (due[end] as Due).file.size;
    if (bytes > BATCH_BYTES && end > first) break;
    end++;
  }
  return due.slice(first, end);
}
