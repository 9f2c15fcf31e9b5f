import { createHash } from 'node:crypto';
import type {
  ArtifactEntry,
  AttemptFinished,
  AttemptLeftovers,
  AttemptProgress,
  AttemptRunning,
  DroppedArtifact,
  OutputFrame,
  RunSpec,
  Segment,
} from '@mle/protocol';
import { OUTPUT_STREAMS } from '@mle/protocol';

/** What the test server knows of one attempt. */
export class TestRun {
  state: 'assigned' | 'preparing' | 'running' | 'finished' | 'gone' = 'assigned';
  storedBytes = 0;
  readonly segments: Segment[] = [];
  readonly times: number[] = [];
  claims = 0;
  running: AttemptRunning | null = null;
  readonly runningPids: number[] = [];
  finished: AttemptFinished | null = null;
  readonly progress: AttemptProgress[] = [];
  readonly artifacts = new Map<string, ArtifactEntry>();
  readonly dropped: DroppedArtifact[] = [];
  leftovers: AttemptLeftovers | null = null;
  stopReason: string | null = null;
  private chunks: Buffer[] = [];
  private hash = createHash('sha256');

  constructor(
    readonly spec: RunSpec,
    private readonly keepBytes: boolean,
  ) {}

  store(bytes: Buffer): void {
    this.hash.update(bytes);
    this.storedBytes += bytes.length;
    this.times.push(Date.now());
    if (this.keepBytes) this.chunks.push(Buffer.from(bytes));
  }

  /** Loses what is stored beyond `length`, which must be kept bytes. */
  truncate(length: number): void {
    const kept = this.output.subarray(0, length);
    this.chunks = [kept];
    this.hash = createHash('sha256').update(kept);
    this.storedBytes = kept.length;
    const segments = this.segments.splice(0).filter(({ offset }) => offset < kept.length);
    this.segments.push(
      ...segments.map((segment) => ({ ...segment, length: Math.min(segment.length, kept.length - segment.offset) })),
    );
  }

  get output(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** The bytes of one stream. */
  stream(name: Segment['stream']): string {
    const output = this.output;
    return Buffer.concat(
      this.segments
        .filter(({ stream }) => stream === name)
        .map(({ offset, length }) => output.subarray(offset, offset + length)),
    ).toString();
  }
}

/** The segments of a frame with their offsets in the whole sequence. */
export function segmentsOf(frame: Pick<OutputFrame, 'from' | 'segments'>): Segment[] {
  let offset = frame.from;
  return frame.segments.map(([length, stream, time]) => {
    const segment = { offset, length, stream: OUTPUT_STREAMS[stream] ?? 'system', time };
    offset += length;
    return segment;
  });
}
