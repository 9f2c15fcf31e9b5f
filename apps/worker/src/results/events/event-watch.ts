import type { FileHandle } from 'node:fs/promises';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../base/logger.js';
import { openOwn } from '../artifacts/own-file.js';
import { EventFile } from './event-file.js';
import { EventNames } from './event-names.js';
import { EventPictures } from './event-pictures.js';
import { findEventFiles } from './event-scan.js';
import { DamagedAt } from './records.js';

const LOOK_MS = 1_000;
/** Looking and reading take at most this share of the time. */
const LOOK_SHARE = 20;
/** A piece of text is one frame of the spool: it is there as a whole, or not at all. */
const PIECE_CHARS = 16 * 1024;
const MOST_POINTS = 1_000_000;
/** Files of which it is known how far they were read. */
const MOST_KNOWN = 10_000;
const MOST_BYTES = 2 * 1024 * 1024 * 1024;

export interface EventPlace {
  /** Folders of the run with what stands before the paths in them, and whose their files have to be. Null: anybody's. */
  roots: { folder: string; name: string; uid: number | null }[];
  /** When the program began, by the clock of the file system; null before. */
  since: number | null;
}

interface EventSink {
  /** Takes lines for the run's points; they are in the spool afterwards. */
  write: (lines: string) => Promise<void>;
  /** A line for the run's own output. */
  tell: (text: string) => Promise<void>;
}

interface Known {
  file: EventFile;
  /** Up to here its points are in the spool. */
  written: number;
  given: boolean;
}

/**
 * Reads the TensorBoard event files of one attempt while they grow: scalars become lines in the run's output that only
 * the reader of its numbers sees, images become pictures. Each piece of lines begins with the place in the file that
 * it reaches, so that a worker that follows this one writes no point twice.
 */
export class EventWatch {
  private readonly known = new Map<string, Known>();
  private readonly names = new EventNames();
  private readonly pictures: EventPictures;
  private readonly halted = new AbortController();
  private loop: Promise<void> | null = null;
  private points = 0;
  private bytes = 0;
  private full = false;
  private picturesFull = false;

  constructor(
    private readonly place: () => EventPlace,
    private readonly sink: EventSink,
    pictures: string,
    private readonly log: Logger,
    /** Aborted when the attempt is forgotten. */
    private readonly gone: AbortSignal,
  ) {
    this.pictures = new EventPictures(pictures);
  }

  /** `before`: lines that are in the spool already. */
  start(before: () => AsyncIterable<string>): void {
    this.loop ??= this.watch(before);
  }

  /** After the end of the program: reads what is there. */
  async finish(): Promise<void> {
    this.halted.abort();
    if (this.loop === null) return;
    await this.loop;
    await this.look();
  }

  private async watch(before: () => AsyncIterable<string>): Promise<void> {
    try {
      await this.resume(before());
    } catch (error) {
      // How far each file was read is not known: its points would be written twice.
      this.full = true;
      this.log.error({ err: error }, 'The event files of a run are not read any more.');
    }
    const pause = AbortSignal.any([this.halted.signal, this.gone]);
    let wait = LOOK_MS;
    while (!pause.aborted) {
      await delay(wait, undefined, { signal: pause }).catch(() => undefined);
      if (pause.aborted) return;
      const began = performance.now();
      await this.look();
      wait = Math.max(LOOK_MS, (performance.now() - began) * LOOK_SHARE);
    }
  }

  /** Knows how far each file was read, in the order in which they were found. */
  private async resume(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) {
      if (line.startsWith('[')) this.points++;
      if (!line.startsWith('{')) continue;
      const { file, to } = JSON.parse(line) as { file: string; to: number };
      this.names.before(file);
      this.entry(file).written = to;
    }
  }

  private async look(): Promise<void> {
    const { roots, since } = this.place();
    if (since === null) return;
    for (const { folder, name, uid } of roots) {
      const root = await realpath(folder).catch(() => null);
      if (root === null) continue;
      for (const path of await findEventFiles(root, since)) {
        if (this.gone.aborted || this.full) return;
        await this.read(root, path, name + path, uid).catch((error: unknown) => this.giveUp(name + path, error));
      }
    }
  }

  private async read(root: string, path: string, shown: string, uid: number | null): Promise<void> {
    const known = this.entry(shown);
    if (known.given) return;
    const { handle, stat } = await openOwn(root, join(root, path), uid);
    try {
      if (stat.size > known.file.position) await this.readOn(known, shown, handle);
    } finally {
      await handle.close();
    }
    if (this.full || (this.points < MOST_POINTS && this.bytes < MOST_BYTES && this.known.size < MOST_KNOWN)) return;
    this.full = true;
    await this.sink.tell('The event files of TensorBoard hold more than a run keeps: what follows is not read.\n');
  }

  private async readOn(known: Known, shown: string, handle: FileHandle): Promise<void> {
    let lines = '';
    const write = async (): Promise<void> => {
      if (lines !== '') await this.sink.write(`${JSON.stringify({ file: shown, to: known.written })}\n${lines}`);
      lines = '';
    };
    let at = known.file.position;
    try {
      for await (const { end, points, pictures } of known.file.read(handle)) {
        this.gone.throwIfAborted();
        this.bytes += end - at;
        at = end;
        if (end <= known.written) continue;
        // A file takes part in the naming when something of it is shown.
        const before = points.length + pictures.length > 0 ? this.names.before(shown) : '';
        for (const { tag, step, y, time } of points) {
          lines += `${JSON.stringify([before + tag, step, Number.isFinite(y) ? y : String(y), time])}\n`;
          if (lines.length > PIECE_CHARS) await write();
        }
        for (const { tag, step, index, bytes } of pictures)
          await this.keepPicture(index === 0 ? before + tag : `${before}${tag}_${index}`, step, bytes);
        this.points += points.length;
        known.written = end;
        if (this.points >= MOST_POINTS || this.bytes >= MOST_BYTES) return;
      }
    } finally {
      await write();
    }
  }

  private async keepPicture(name: string, step: number, bytes: Uint8Array): Promise<void> {
    if (this.picturesFull || (await this.pictures.keep(name, step, bytes))) return;
    this.picturesFull = true;
    await this.sink.tell(
      'The event files of TensorBoard hold more pictures than a run keeps: the first ones are kept.\n',
    );
  }

  private async giveUp(shown: string, error: unknown): Promise<void> {
    if (this.gone.aborted) return;
    if (!(error instanceof DamagedAt))
      return this.log.debug({ err: error, file: shown }, 'An event file was not read.');
    this.entry(shown).given = true;
    await this.sink.tell(`${JSON.stringify(shown)} is damaged at byte ${error.offset}: its curves end there.\n`);
  }

  private entry(path: string): Known {
    const known = this.known.get(path) ?? { file: new EventFile(), written: 0, given: false };
    this.known.set(path, known);
    return known;
  }
}
