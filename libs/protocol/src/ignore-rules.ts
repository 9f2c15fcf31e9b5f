/** `?` is any character but a slash, `*` any number of them; a set is `[abc]`, `[a-z]` or `[!a]`. */
type Token = { kind: 'star' } | { kind: 'any' } | { kind: 'text'; text: string } | CharacterSet;
interface CharacterSet {
  kind: 'set';
  negated: boolean;
  ranges: [from: string, to: string][];
}
/** A part of a pattern between two slashes; null is `**`, any number of parts. */
type Part = Token[] | null;

interface Rule {
  parts: Part[];
  negated: boolean;
  foldersOnly: boolean;
}

/** What is longer is no pattern that a person wrote. */
const LONGEST_PATTERN = 300;
/** Lines after these rules are not read: each path is compared with each rule. */
const MOST_RULES = 1_000;

/**
 * An ignore file, in the way of a .gitignore. Whoever writes one chooses the patterns and the paths, so that no pair of
 * them may take long: parts and characters are matched in time that grows with the product of their lengths.
 */
export class IgnoreRules {
  private readonly rules: Rule[];

  constructor(text: string) {
    this.rules = text
      .split(/\r?\n/)
      .flatMap((line) => ruleOf(line) ?? [])
      .slice(0, MOST_RULES);
  }

  /** Whether a path is left out; one that ends in a slash is a folder. What lies in a folder that is left out is too. */
  ignores(path: string): boolean {
    const isFolder = path.endsWith('/');
    const names = (isFolder ? path.slice(0, -1) : path).split('/');
    for (let depth = 1; depth <= names.length; depth++)
      if (this.decides(names.slice(0, depth), isFolder || depth < names.length)) return true;
    return false;
  }

  /** The last rule that names it decides. */
  private decides(names: readonly string[], isFolder: boolean): boolean {
    for (let i = this.rules.length - 1; i >= 0; i--) {
      const rule = this.rules[i];
      if (rule && (isFolder || !rule.foldersOnly) && matchesParts(rule.parts, names)) return !rule.negated;
    }
    return false;
  }
}

function ruleOf(line: string): Rule | null {
  let text = withoutTrailingBlanks(line);
  if (text === '' || text.startsWith('#') || text.length > LONGEST_PATTERN) return null;
  const negated = text.startsWith('!');
  if (negated) text = text.slice(1);
  const foldersOnly = text.endsWith('/');
  if (foldersOnly) text = text.slice(0, -1);
  const anchored = text.includes('/');
  if (text.startsWith('/')) text = text.slice(1);
  if (text === '') return null;
  const parts = text.split('/').map((part) => (part === '**' ? null : tokensOf(part)));
  // What ends in `/**` names all inside the folder, and not the folder itself.
  if (parts.at(-1) === null) parts.push([{ kind: 'star' }]);
  return { parts: anchored ? parts : [null, ...parts], negated, foldersOnly };
}

/** Blanks at the end count only behind a backslash. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t') && line[end - 2] !== '\\') end--;
  return line.slice(0, end);
}

function tokensOf(part: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < part.length; at++) {
    const sign = part[at] ?? '';
    const set = sign === '[' ? setAt(part, at) : null;
    if (sign === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (sign === '?') tokens.push({ kind: 'any' });
    else if (set) {
      tokens.push(set.token);
      at = set.end;
    } else {
      if (sign === '\\') at++;
      tokens.push({ kind: 'text', text: part[at] ?? sign });
    }
  }
  return tokens;
}

/** The set that begins at a bracket, and where it ends; null where nothing closes it. */
function setAt(part: string, start: number): { token: CharacterSet; end: number } | null {
  const negated = part[start + 1] === '!' || part[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const end = part.indexOf(']', first + 1);
  if (end < 0) return null;
  const ranges: CharacterSet['ranges'] = [];
  for (let at = first; at < end; at++) {
    const from = part[at] ?? '';
    const isRange = part[at + 1] === '-' && at + 2 < end;
    ranges.push([from, isRange ? (part[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  return { token: { kind: 'set', negated, ranges }, end };
}

const matchesParts = (parts: readonly Part[], names: readonly string[]): boolean =>
  matchesInOrder(parts, names, (part) => part === null, matchesName);

const matchesName = (tokens: Part, name: string): boolean =>
  matchesInOrder(tokens ?? [], Array.from(name), (token) => token.kind === 'star', matchesCharacter);

/**
 * Matches a list against another, where a wildcard stands for any number of items. When something does not fit only the
 * last wildcard takes one item more: what an earlier one could take the last can take as well.
 */
function matchesInOrder<P, I>(
  pattern: readonly P[],
  items: readonly I[],
  isWild: (part: P) => boolean,
  fits: (part: P, item: I) => boolean,
): boolean {
  let at = 0;
  let item = 0;
  let wild = -1;
  let taken = 0;
  while (item < items.length) {
    const part = pattern[at];
    const here = items[item];
    if (part !== undefined && isWild(part)) {
      wild = at++;
      taken = item;
    } else if (part !== undefined && here !== undefined && fits(part, here)) {
      at++;
      item++;
    } else if (wild >= 0) {
      at = wild + 1;
      item = ++taken;
    } else return false;
  }
  while (at < pattern.length && isWild(pattern[at] as P)) at++;
  return at === pattern.length;
}

function matchesCharacter(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'text':
      return token.text === character;
    case 'set':
      return token.ranges.some(([from, to]) => from <= character && character <= to) !== token.negated;
    default:
      return true;
  }
}
