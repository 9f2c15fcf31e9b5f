/** What of a repository or an archive does not become part of the project, with the words for it. */
const KINDS = {
  link: ['a link that points out of the project', 'links that point out of the project'],
  submodule: ['a submodule, which is another repository', 'submodules, which are other repositories'],
  lfs: [
    'a file whose content lies in Git LFS: only its pointer came',
    'files whose contents lie in Git LFS: only their pointers came',
  ],
} as const;
type Kind = keyof typeof KINDS;

const NAMED = 5;
const POINTER = 'version https://git-lfs.github.com/spec/';
/** A pointer of Git LFS is smaller. */
const POINTER_BYTES = 1024;

/** Collects what an import leaves out, and says it in a sentence for each kind. */
export class LeftOut {
  private readonly found = new Map<Kind, { count: number; first: string[] }>();

  add(kind: Kind, path: string): void {
    const known = this.found.get(kind) ?? { count: 0, first: [] };
    known.count++;
    if (known.first.length < NAMED) known.first.push(path);
    this.found.set(kind, known);
  }

  sentences(): string[] {
    return [...this.found].map(([kind, { count, first }]) => {
      const [one, many] = KINDS[kind];
      const named = first.join(', ') + (count > NAMED ? ', …' : '');
      const what = count === 1 ? `${one} (${named})` : `${count} ${many} (${named})`;
      return kind === 'lfs' ? `The project has ${what}.` : `Left out: ${what}.`;
    });
  }
}

/** Whether the bytes of a file are a pointer to its content in Git LFS. */
export function isLfsPointer(size: number, read: () => Promise<string>): Promise<boolean> {
  return size > POINTER_BYTES ? Promise.resolve(false) : read().then((text) => text.startsWith(POINTER));
}
