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

  constructor(
    private readonly files: ManifestEntry[],
    private readonly read: (sha256: string) => string,
  ) {
    this.entries = new Map(files.map((entry) => [entry.path, entry]));
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
      this.line(line.replace(/(^|\s)#.*$/, '').trim(), posix.dirname(path));
  }

  private line(line: string, folder: string): void {
    if (line === '') return;
    const [, option, value = ''] = /^(--?[A-Za-z-]+)(?:\s+|=)?(.*)$/.exec(line) ?? [];
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
    const [first = ''] = line.split(/\s+(?:;|--)/);
    const place = /(?:^|@\s*)(file:\S+)$/.exec(first)?.[1] ?? first;
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
    const path = posix.normalize(place).replace(/\/+$/, '');
    for (const entry of this.files) {
      if (path === '.' || entry.path === path || entry.path.startsWith(`${path}/`))
        this.parts.push(`file ${entry.path} ${entry.mode} ${entry.sha256}`);
    }
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
  return text
    .replace(/^file:(?:\/\/)?/, '')
    .replace(/\[[^\]]*\]$/, '')
    .replace(/#.*$/, '');
}
