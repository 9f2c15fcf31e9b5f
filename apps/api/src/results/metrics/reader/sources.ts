/** A line that numbers were read from. */
export interface SourceLine {
  readonly text: string;
  /** Where the line ends in the output of the attempt, all streams together. */
  readonly end: number;
  /** Lets go of the bytes that the line is a part of, which may be many more. */
  release?(): void;
}

/** A line whose text is made when it is asked for: of most lines the last one of many is. */
export class BytesLine implements SourceLine {
  private made = '';

  constructor(
    private bytes: Uint8Array | null,
    private readonly from: number,
    private readonly to: number,
    readonly end: number,
  ) {}

  get text(): string {
    this.release();
    return this.made;
  }

  release(): void {
    const { bytes } = this;
    if (!bytes) return;
    this.made = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', this.from, this.to);
    this.bytes = null;
  }
}

/** Where in a line a number stands. */
export interface Spot {
  line: SourceLine;
  from: number;
  to: number;
}

/** What a person is shown of such a line. */
export interface Source {
  /** The part of the line around the number. */
  text: string;
  /** Whether text was left out before it. */
  cut: boolean;
  /** Where in `text` the number stands. */
  from: number;
  to: number;
  /** Where the line ends in the output of the attempt. */
  end: number;
}

const BEFORE = 100;
const MOST = 160;

/** A copy, so that the line itself does not stay in memory. */
export function excerptOf({ line: { text, end }, from, to }: Spot): Source {
  const start = text.length <= MOST ? 0 : Math.max(0, from - BEFORE);
  const part = Buffer.from(text.slice(start, start + MOST)).toString();
  return {
    text: part,
    cut: start > 0,
    from: Math.min(from - start, part.length),
    to: Math.min(to - start, part.length),
    end,
  };
}
