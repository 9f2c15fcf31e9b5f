import { stripVTControlCharacters } from 'node:util';
import type { Failure } from '@mle/protocol';
import { packageOf } from './package-names.js';

const LONGEST_LINE = 2_000;
const LONGEST_SENTENCE = 300;
/** Of one traceback: a recursion that went too deep has thousands. */
const MOST_LINES = 200;

const PYTHON_HEAD = /^\s*Traceback \(most recent call last\):/;
const PYTHON_FRAME = /^\s+File "([^"]{1,1000})", line (\d{1,7})/;
const NODE_FRAME = /^\s+at \S/;
/** Where a frame of Node.js stands: the end of its line. */
const NODE_PLACE = /:(\d{1,7}):\d{1,7}\)?$/;
/** Errors that the parser finds have no traceback. */
const PYTHON_SYNTAX = /^(?:SyntaxError|IndentationError|TabError): /;
const NOT_THE_PROJECT = /\/(?:site-packages|dist-packages|node_modules)\/|\/lib\/python3[^/]*\/|^<|^node:/;

interface Frame {
  path: string;
  line: number;
}
interface Words {
  sentence: string;
  /** The last one raised the error. */
  frames: Frame[];
}

/**
 * Why a program failed, from the end of its standard error: the last line of a traceback of Python or Node.js, else the
 * last line. `files` are those of the project, by which its own lines are told from those of libraries.
 */
export async function lastWords(
  text: string,
  signal: string | null,
  files: () => Promise<ReadonlySet<string>>,
): Promise<Failure | null> {
  const lines = text.split('\n').map((line) => plain(line.slice(-LONGEST_LINE)));
  const said = python(lines) ?? syntax(lines) ?? node(lines) ?? lastLine(lines);
  if (signal === 'SIGKILL')
    return {
      sentence: 'The program was killed (SIGKILL). Mostly its computer had no memory left.',
      place: null,
      cause: 'memory',
      package: null,
    };
  if (said === null) return null;
  const own = said.frames.length > 0 ? await files() : new Set<string>();
  const place = said.frames.map((frame) => inProject(frame, own)).findLast((found) => found !== null) ?? null;
  const missing = /^ModuleNotFoundError: No module named '([A-Za-z_][\w.]{0,200})'/.exec(said.sentence)?.[1] ?? null;
  const cause = missing === null ? causeOf(said.sentence) : 'module';
  return {
    sentence: said.sentence.slice(0, LONGEST_SENTENCE),
    place,
    cause,
    package: missing === null ? null : packageOf(missing),
  };
}

/** As it is seen: a carriage return begins the line again, and colours are none. */
function plain(line: string): string {
  const trimmed = line.replace(/\r+$/, '');
  return stripVTControlCharacters(trimmed.slice(trimmed.lastIndexOf('\r') + 1)).trimEnd();
}

function python(lines: readonly string[]): Words | null {
  const head = lines.findLastIndex((line) => PYTHON_HEAD.test(line));
  if (head === -1) return null;
  const end = lines.findIndex((line, at) => at > head && line !== '' && !/^\s/.test(line));
  if (end === -1) return null;
  return { sentence: lines[end] ?? '', frames: pythonFrames(lines.slice(head + 1, end)) };
}

function syntax(lines: readonly string[]): Words | null {
  const end = lines.findLastIndex((line) => PYTHON_SYNTAX.test(line));
  return end === -1
    ? null
    : { sentence: lines[end] ?? '', frames: pythonFrames(lines.slice(Math.max(0, end - 5), end)) };
}

/** The error stands above its frames, the one that raised it first. */
function node(lines: readonly string[]): Words | null {
  const last = lines.findLastIndex((line) => NODE_FRAME.test(line));
  if (last === -1) return null;
  let first = last;
  while (first > 0 && NODE_FRAME.test(lines[first - 1] ?? '')) first--;
  const sentence = lines.slice(0, first).findLast((line) => /^\S*(?:Error|Exception)\b.*$/.test(line));
  if (sentence === undefined) return null;
  return { sentence, frames: nodeFrames(lines.slice(first, last + 1)).reverse() };
}

function lastLine(lines: readonly string[]): Words | null {
  const sentence = lines.findLast((line) => line.trim() !== '')?.trim();
  return sentence === undefined ? null : { sentence, frames: [] };
}

const pythonFrames = (lines: readonly string[]): Frame[] =>
  lines.slice(-MOST_LINES).flatMap((text) => {
    const [, path = '', line] = PYTHON_FRAME.exec(text) ?? [];
    return frame(path, line);
  });

const nodeFrames = (lines: readonly string[]): Frame[] =>
  lines.slice(0, MOST_LINES).flatMap((text) => {
    const place = NODE_PLACE.exec(text);
    if (place === null) return [];
    const before = text.slice(0, place.index);
    const path = before.includes('(') ? before.slice(before.lastIndexOf('(') + 1) : before.trim().slice('at '.length);
    return frame(path.replace(/^file:\/\//, ''), place[1]);
  });

const frame = (path: string, line: string | undefined): Frame[] =>
  path === '' || line === undefined || NOT_THE_PROJECT.test(path) ? [] : [{ path, line: Number(line) }];

/** The file of the project that the path ends with, the longest of them: where it lies on a machine is no matter. */
function inProject({ path, line }: Frame, files: ReadonlySet<string>): Frame | null {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  for (let from = 0; from < parts.length; from++) {
    const tail = parts.slice(from).join('/');
    if (files.has(tail)) return { path: tail, line };
  }
  return null;
}

function causeOf(sentence: string): Failure['cause'] {
  if (sentence.startsWith('EOFError')) return 'keyboard';
  if (/\[Errno 28\]|\bENOSPC\b|No space left on device/.test(sentence)) return 'space';
  if (/^MemoryError|OutOfMemoryError|CUDA out of memory|std::bad_alloc|heap out of memory/.test(sentence))
    return 'memory';
  return null;
}
