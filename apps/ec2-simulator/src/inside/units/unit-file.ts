import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the files of a unit say: each key of each section with its values in order. */
export class UnitFile {
  private readonly values = new Map<string, string[]>();

  private constructor(
    readonly name: string,
    readonly path: string,
  ) {}

  /** The unit of a name in one of the folders, with its drop-ins; null where none has it. */
  static load(name: string, folders: readonly string[]): UnitFile | null {
    const template = name.replace(/@[^.]+\./, '@.');
    const names = template === name ? [name] : [name, template];
    const path = names.flatMap((file) => folders.map((folder) => join(folder, file))).find(existsSync);
    if (path === undefined) return null;
    const file = new UnitFile(name, path);
    file.add(readFileSync(path, 'utf8'));
    for (const folder of folders) {
      const dropIns = join(folder, `${name}.d`);
      if (!existsSync(dropIns)) continue;
      for (const dropIn of readdirSync(dropIns).sort())
        if (dropIn.endsWith('.conf')) file.add(readFileSync(join(dropIns, dropIn), 'utf8'));
    }
    return file;
  }

  /** All values of a key; an empty value in a file takes back those before it. */
  all(section: string, key: string): string[] {
    return this.values.get(`${section}.${key}`) ?? [];
  }

  last(section: string, key: string): string | undefined {
    return this.all(section, key).at(-1);
  }

  /** The names in the lists of a key. */
  names(section: string, key: string): string[] {
    return this.all(section, key).flatMap((line) => line.split(/\s+/).filter((word) => word !== ''));
  }

  private add(text: string): void {
    let section = '';
    for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
      const trimmed = line.trim();
      if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
      const header = /^\[(.+)\]$/.exec(trimmed);
      if (header !== null) {
        section = header[1] ?? '';
        continue;
      }
      const equals = trimmed.indexOf('=');
      if (equals === -1) continue;
      const key = `${section}.${trimmed.slice(0, equals).trim()}`;
      const value = this.specified(trimmed.slice(equals + 1).trim());
      if (value === '') this.values.delete(key);
      else this.values.set(key, [...(this.values.get(key) ?? []), value]);
    }
  }

  /** Fills in `%n`, `%N`, `%p`, `%i` and `%%`. */
  private specified(value: string): string {
    const bare = this.name.slice(0, this.name.lastIndexOf('.'));
    const [prefix = bare, instance = ''] = bare.split('@', 2);
    const meanings: Record<string, string> = { n: this.name, N: bare, p: prefix, i: instance, I: instance, '%': '%' };
    return value.replace(/%([nNpiI%])/g, (found, letter: string) => meanings[letter] ?? found);
  }
}
