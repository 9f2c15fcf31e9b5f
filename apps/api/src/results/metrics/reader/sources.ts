/** A line that numbers were read from. */
export interface SourceLine {
  text: string;
  /** Where the line ends in the output of the attempt, all streams together. */
  end: number;
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
