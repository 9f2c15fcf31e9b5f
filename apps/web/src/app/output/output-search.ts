import { computed, signal } from '@angular/core';
import type { OutputBuffer } from './output-buffer';

/** Time that one stretch of searching may take of a frame. */
const SLICE_MS = 8;
/** Lines between two looks at the clock. */
const STRIDE = 256;
/** More matches than anybody steps through are not collected. */
const MAX_MATCHES = 100_000;

/** One occurrence: the line, and the how-manieth in it. */
export interface Match {
  line: number;
  nth: number;
}

/** Where `needle` (in lower case) begins in `text`, without overlaps. */
export function occurrences(text: string, needle: string): number[] {
  const found: number[] = [];
  if (needle === '') return found;
  const folded = text.toLowerCase();
  for (let at = folded.indexOf(needle); at !== -1; at = folded.indexOf(needle, at + needle.length)) found.push(at);
  return found;
}

/**
 * Finds a text in an output that may still grow. Long outputs are searched in slices between frames, from the first
 * line on; a line without an end is looked at again with each call of `advance`.
 */
export class OutputSearch {
  readonly query = signal('');
  readonly count = signal(0);
  private readonly index = signal(-1);
  readonly searching = signal(false);
  /** Counted from 1; 0 before the first step. */
  readonly place = computed(() => this.index() + 1);
  readonly current = computed<Match | null>(() => (this.count() > 0 ? (this.matches[this.index()] ?? null) : null));
  readonly full = computed(() => this.count() >= this.limit);
  /** In the order of the lines. `count` is its length and says that it changed. */
  private matches: Match[] = [];
  private buffer: OutputBuffer | null = null;
  private next = 0;
  /** Lines behind `next` that had no end when they were searched. */
  private unfinished: number[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly limit = MAX_MATCHES) {}

  find(query: string): void {
    this.query.set(query);
    this.restart();
  }

  /** To call when the output has grown, or is another one. */
  advance(buffer: OutputBuffer): void {
    if (buffer !== this.buffer) {
      this.buffer = buffer;
      this.restart();
    } else if (this.timer === null) {
      this.slice();
    }
  }

  /** The match after (or before) the present one; from `line` on where none was chosen yet. */
  step(by: 1 | -1, line: number): Match | null {
    const { matches } = this;
    if (matches.length === 0) return null;
    const from = this.index();
    if (from === -1) {
      const first = matches.findIndex((match) => match.line >= line);
      this.index.set(by === 1 ? Math.max(0, first) : (first === -1 ? matches.length : first || matches.length) - 1);
    } else {
      this.index.set((from + by + matches.length) % matches.length);
    }
    return this.current();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private restart(): void {
    this.stop();
    this.next = 0;
    this.unfinished = [];
    this.matches = [];
    this.count.set(0);
    this.index.set(-1);
    this.slice();
  }

  private slice(): void {
    this.timer = null;
    const { buffer } = this;
    const needle = this.query().toLowerCase();
    if (!buffer || needle === '') {
      this.searching.set(false);
      return;
    }
    const until = performance.now() + SLICE_MS;
    this.lookAgain(buffer, needle);
    while (this.next < buffer.lineCount && this.matches.length < this.limit) {
      if (this.next % STRIDE === 0 && performance.now() > until) break;
      if (buffer.isOpen(this.next)) this.unfinished.push(this.next);
      this.matches.push(...matchesIn(buffer, this.next++, needle));
    }
    this.count.set(this.matches.length);
    const more = this.next < buffer.lineCount && this.matches.length < this.limit;
    this.searching.set(more);
    if (more) this.timer = setTimeout(() => this.slice());
  }

  /** Brings the matches of the lines up to date that may have grown. */
  private lookAgain(buffer: OutputBuffer, needle: string): void {
    const lines = this.unfinished;
    this.unfinished = lines.filter((line) => buffer.isOpen(line));
    for (const line of lines) {
      let at = this.matches.findIndex((match) => match.line >= line);
      if (at === -1) at = this.matches.length;
      let end = at;
      while (this.matches[end]?.line === line) end++;
      this.matches.splice(at, end - at, ...matchesIn(buffer, line, needle));
    }
  }
}

const matchesIn = (buffer: OutputBuffer, line: number, needle: string): Match[] =>
  occurrences(buffer.visibleText(line), needle).map((_, nth) => ({ line, nth }));
