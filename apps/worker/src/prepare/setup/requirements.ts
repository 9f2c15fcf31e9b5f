import { posix } from 'node:path';
import type { ManifestEntry } from '@mle/protocol';
import { FILE_MODES } from '@mle/protocol';

export const REQUIREMENTS_FILE = 'requirements.txt';

/** What a requirements.txt asks for, as far as it decides what an environment holds. */
interface Requirements {
  /** All that was read, in words that differ when it differs. */
  parts: string[];
  /** It installs a folder of the project by a link to it: the environment is of use in this workspace only. */
  tied: boolean;
  /** Variables that its lines name. */
  variables: string[];
}

/** A longer one has hashes behind it or is none: no place in a project is that long. */
const LONGEST_LINE = 16 * 1024;
/** Followed at most so far. */
const LINKS = 8;
/** What an installation by a link to the folder depends on; the code itself is used where it is. */
const BUILD_FILES = ['pyproject.toml', 'setup.py', 'setup.cfg'];

/** Reads the requirements.txt of a snapshot and the files that it names. Null: nothing is to be installed. */
export function readRequirements(files: ManifestEntry[], read: (sha256: string) => string): Requirements | null {
  const reader = new Reader(files, read);
  reader.file(REQUIREMENTS_FILE);
  return reader.wanted ? { parts: reader.parts, tied: reader.tied, variables: [...reader.variables].sort() } : null;
}

class Reader {
  readonly parts: string[] = [];
  readonly variables = new Set<string>();
  wanted = false;
  tied = false;
  private readonly entries: Map<string, ManifestEntry>;
  private readonly seen = new Set<string>();
  private readonly trees = new Set<string>();
  private readonly sorted: ManifestEntry[];

  constructor(
    files: ManifestEntry[],
    private readonly read: (sha256: string) => string,
  ) {
    this.entries = new Map(files.map((entry) => [entry.path, entry]));
    this.sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  file(path: string): void {
    if (this.seen.has(path)) return;
    this.seen.add(path);
    const entry = this.follow(path);
    this.parts.push(`file ${path} ${entry?.sha256 ?? 'missing'}`);
    if (entry === null) return;
    const text = this.read(entry.sha256);
    for (const [, name] of text.matchAll(/\$\{([A-Z0-9_]+)\}/g)) if (name !== undefined) this.variables.add(name);
    for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/))
      this.line(line.replace(/(^|\s)#[^]*$/, '').trim(), posix.dirname(path));
  }

  private line(line: string, folder: string): void {
    if (line === '') return;
    if (line.length > LONGEST_LINE) {
      this.wanted = true;
      return;
    }
    const [, option, value = ''] = /^(--?[A-Za-z-]+)(?:\s+|=)?([^]*)$/.exec(line) ?? [];
    if (option === undefined) {
      this.wanted = true;
      this.requirement(line);
    } else if (option === '-r' || option === '--requirement' || option === '-c' || option === '--constraint') {
      if (!isUrl(value)) this.file(posix.normalize(posix.join(folder, value)));
    } else if (option === '-e' || option === '--editable') {
      this.wanted = true;
      if (!isUrl(value)) this.editable(localPath(value));
    } else if ((option === '-f' || option === '--find-links') && !isUrl(value)) {
      // pip looks beside the file first, then where it was started.
      this.tree(posix.join(folder, localPath(value)));
      this.tree(localPath(value));
    }
  }

  private requirement(line: string): void {
    const first = line.slice(0, endBefore(line, /\s(?:;|--)/)).trimEnd();
    const place = fileAddress(first) ?? first;
    const path = localPath(place);
    const looksLocal = /^(?:\.|\/|file:)/.test(place) || place.includes('/') || this.entries.has(path);
    if (looksLocal && !isUrl(place.replace(/^[^@]*@\s*/, ''))) this.tree(path);
  }

  private editable(folder: string): void {
    this.tied = true;
    for (const name of BUILD_FILES) {
      const path = posix.normalize(posix.join(folder, name));
      this.parts.push(`file ${path} ${this.entries.get(path)?.sha256 ?? 'missing'}`);
    }
  }

  /** All that lies at or below a path of the project. */
  private tree(place: string): void {
    const path = withoutSlashes(posix.normalize(place));
    if (this.trees.has(path)) return;
    this.trees.add(path);
    for (const entry of path === '.' ? this.sorted : this.at(path))
      this.parts.push(`file ${entry.path} ${entry.mode} ${entry.sha256}`);
  }

  /** A file or all that lies in a folder, without a look at the others. */
  private *at(path: string): Generator<ManifestEntry> {
    const own = this.entries.get(path);
    if (own) yield own;
    const folder = `${path}/`;
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle]?.path ?? '') < folder) low = middle + 1;
      else high = middle;
    }
    for (; this.sorted[low]?.path.startsWith(folder); low++) yield this.sorted[low] as ManifestEntry;
  }

  private follow(path: string): ManifestEntry | null {
    let at = path;
    for (let links = 0; links <= LINKS; links++) {
      const entry = this.entries.get(at);
      if (entry?.mode !== FILE_MODES.link) return entry ?? null;
      at = posix.normalize(posix.join(posix.dirname(at), this.read(entry.sha256)));
    }
    return null;
  }
}

/** `file:` addresses of the project's own files count as paths. */
function isUrl(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && !text.startsWith('file:');
}

/** Without `file:`, the extras in brackets and a fragment. */
function localPath(text: string): string {
  const path = withoutExtras(text.replace(/^file:(?:\/\/)?/, ''));
  return path.slice(0, endBefore(path, /#/));
}

// A pattern that looks for something before the end of a text tries each place in it, and each to the end: on a text
// made for it that takes time by the square of its length. These look once.

function endBefore(text: string, mark: RegExp): number {
  const at = text.search(mark);
  return at === -1 ? text.length : at;
}

function withoutExtras(text: string): string {
  if (!text.endsWith(']')) return text;
  const open = text.indexOf('[', text.lastIndexOf(']', text.length - 2) + 1);
  return open === -1 ? text : text.slice(0, open);
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end--;
  return path.slice(0, end);
}

/** The address of `name @ file:place` or of `file:place`, which ends a requirement. */
function fileAddress(text: string): string | null {
  let start = text.length;
  while (start > 0 && !/\s/.test(text.charAt(start - 1))) start--;
  const last = text.slice(start);
  const before = text.slice(0, start).trimEnd();
  const isAddress = (word: string): boolean => word.startsWith('file:') && word !== 'file:';
  if (isAddress(last) && (before === '' || before.endsWith('@'))) return last;
  const at = last.indexOf('@file:');
  const address = at === -1 ? '' : last.slice(at + 1);
  return isAddress(address) ? address : null;
}
