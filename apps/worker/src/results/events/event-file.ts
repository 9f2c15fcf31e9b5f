import type { FileHandle } from 'node:fs/promises';
import { type SummaryEvent, summaryOf, type SummaryValue } from './event-message.js';
import { readRecords } from './records.js';

interface ScalarPoint {
  tag: string;
  step: number;
  y: number;
  /** Milliseconds since the epoch. */
  time: number;
}

interface EventPicture {
  tag: string;
  step: number;
  /** Of several pictures under one tag. */
  index: number;
  bytes: Uint8Array;
}

/** What one record says, and where the next one begins. */
interface FileEvent {
  end: number;
  points: ScalarPoint[];
  pictures: EventPicture[];
}

/** Tags of which it is remembered what they are. A run has no more curves than this. */
const MOST_TAGS = 1_000;
const LONGEST_TAG = 100;

/** As what the values of a tag are shown; null: as nothing that is read here. */
type Kind = 'scalars' | 'images' | null;

/** Reads one event file from its beginning on, as often as there is more of it. */
export class EventFile {
  private at = 0;
  /** A plugin is told with the first value of a tag only. Its own name may be of any length. */
  private readonly kinds = new Map<string, Kind>();

  /** Up to where the file has been read. */
  get position(): number {
    return this.at;
  }

  /** @throws DamagedAt where nothing after it can be read. */
  async *read(handle: FileHandle): AsyncGenerator<FileEvent> {
    for await (const { bytes, end } of readRecords(handle, this.at)) {
      this.at = end;
      const event = bytes === null ? null : eventOf(bytes);
      yield event === null ? { end, points: [], pictures: [] } : this.sorted(event, end);
    }
  }

  private sorted({ step, wallTime, values }: SummaryEvent, end: number): FileEvent {
    const points: ScalarPoint[] = [];
    const pictures: EventPicture[] = [];
    const time = Math.round(wallTime * 1000);
    for (const value of values) {
      const { tag, scalar, images } = value;
      if (tag === '' || tag.length > LONGEST_TAG) continue;
      const kind = this.kindOf(value);
      if (scalar !== null && (kind === 'scalars' || !value.isTensor)) points.push({ tag, step, y: scalar, time });
      if (kind === 'images' || !value.isTensor)
        images.forEach((image, index) => pictures.push({ tag, step, index, bytes: image }));
    }
    return { end, points, pictures };
  }

  private kindOf({ tag, plugin }: SummaryValue): Kind {
    if (plugin === null) return this.kinds.get(tag) ?? null;
    const kind = plugin === 'scalars' || plugin === 'images' ? plugin : null;
    if (this.kinds.size < MOST_TAGS) this.kinds.set(tag, kind);
    return kind;
  }
}

/** Null where the record holds no event. */
function eventOf(bytes: Uint8Array): SummaryEvent | null {
  try {
    const event = summaryOf(bytes);
    return Number.isSafeInteger(event.step) && Number.isFinite(event.wallTime) ? event : null;
  } catch {
    return null;
  }
}
