/** What a program calls its parts of the data: their folders tell the curves of one run apart. */
const PHASES = new Set(['train', 'training', 'val', 'valid', 'validation', 'eval', 'evaluation', 'test', 'testing']);

/**
 * Gives the folders of event files the words that stand before the names of their curves: none for the first one, the
 * rest of the path for those within it, and else as much of the path as tells them apart. `train` and `validation`
 * always show.
 */
export class EventNames {
  private readonly words = new Map<string, string>();
  private readonly taken = new Set<string>();
  private first: string | null = null;

  /** Of the file with this path: the same answer for each file of a folder. */
  before(path: string): string {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const known = this.words.get(folder);
    if (known !== undefined) return known;
    this.first ??= folder;
    const words = this.candidates(folder).find((candidate) => !this.taken.has(candidate)) ?? `${folder}/`;
    this.words.set(folder, words);
    this.taken.add(words);
    return words;
  }

  private candidates(folder: string): string[] {
    const parts = folder.split('/');
    const last = parts.at(-1) ?? '';
    const isPhase = PHASES.has(last.toLowerCase());
    const byLength = parts.map((_, i) => `${parts.slice(parts.length - 1 - i).join('/')}/`);
    if (isPhase) return byLength;
    if (folder === this.first) return ['', ...byLength];
    const outer = this.first === '' ? '' : `${this.first ?? ''}/`;
    return folder.startsWith(outer) ? [`${folder.slice(outer.length)}/`, ...byLength] : byLength;
  }
}
