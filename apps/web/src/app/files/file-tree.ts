import type { FileView } from '@mle/protocol';

/** A visible row of the tree. */
export interface TreeNode {
  path: string;
  name: string;
  /** 1 for the project's own files. */
  level: number;
  folder: boolean;
  expanded: boolean;
  size: number;
  /** Place among its siblings, as assistive technology reads it. */
  position: number;
  siblings: number;
}

interface Folder {
  folders: Map<string, Folder>;
  files: FileView[];
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const joinPath = (folder: string, name: string): string => (folder ? `${folder}/${name}` : name);
export const isInside = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

/**
 * The rows of the open folders: folders first, then files, each by name with numbers in order.
 * `emptyFolders` are those made on the page that hold no file yet; the server knows folders only by their files.
 */
export function visibleTree(
  files: readonly FileView[],
  emptyFolders: readonly string[],
  expanded: ReadonlySet<string>,
): TreeNode[] {
  const root: Folder = { folders: new Map(), files: [] };
  for (const file of files) folderAt(root, parentOf(file.path)).files.push(file);
  for (const folder of emptyFolders) folderAt(root, folder);
  const rows: TreeNode[] = [];
  addRows(rows, root, '', 1, expanded);
  return rows;
}

function folderAt(root: Folder, path: string): Folder {
  if (path === '') return root;
  let folder = root;
  for (const part of path.split('/')) {
    let next = folder.folders.get(part);
    if (!next) folder.folders.set(part, (next = { folders: new Map(), files: [] }));
    folder = next;
  }
  return folder;
}

function addRows(rows: TreeNode[], folder: Folder, path: string, level: number, expanded: ReadonlySet<string>): void {
  const siblings = folder.folders.size + folder.files.length;
  let position = 0;
  for (const [name, child] of [...folder.folders].sort(([a], [b]) => collator.compare(a, b))) {
    const childPath = joinPath(path, name);
    const open = expanded.has(childPath);
    rows.push({ path: childPath, name, level, folder: true, expanded: open, size: 0, position: ++position, siblings });
    if (open) addRows(rows, child, childPath, level + 1, expanded);
  }
  for (const file of [...folder.files].sort((a, b) => collator.compare(nameOf(a.path), nameOf(b.path)))) {
    rows.push({
      path: file.path,
      name: nameOf(file.path),
      level,
      folder: false,
      expanded: false,
      size: file.size,
      position: ++position,
      siblings,
    });
  }
}

/** Where `path` lies after `from` (a file or folder) became `to`; null when it is not concerned. */
export function movedPath(path: string, from: string, to: string): string | null {
  if (path === from) return to;
  return isInside(path, from) ? to + path.slice(from.length) : null;
}

/** What is wrong with a name for a new file or folder, or null. The server checks the whole path once more. */
export function nameError(name: string, taken: readonly string[], folder: string): string | null {
  if (name.trim() === '') return 'Give a name.';
  if (/[\\\u0000-\u001f\u007f]/.test(name)) return 'Use no backslash and no control characters.';
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//'))
    return 'Write folder/name, without a / at either end.';
  if (name.split('/').some((part) => part === '.' || part === '..')) return 'A name may not be . or ..';
  if (taken.includes(joinPath(folder, name))) return `${name} exists already. Choose another name.`;
  return null;
}

/** Why something cannot be moved to the path `to`, or null. */
export function moveError(from: string, to: string, taken: readonly string[]): string | null {
  if (isInside(to, from)) return `${nameOf(from)} cannot be moved into itself.`;
  return taken.includes(to) ? `${to} exists already. Rename one of the two first.` : nameError(to, [], '');
}
