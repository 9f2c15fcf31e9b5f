import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** What breaks the order of a folder's rooms. */
export interface RoomFaults {
  /** `file -> file` for each import of a room above, or of a folder that is no room. */
  upward: string[];
  /** Files that import each other in a circle, one entry a circle. */
  circles: string[][];
}

/**
 * Reads every import of the sources in `root`, those of types and lazy ones too. `rooms` are its folders, the highest
 * first; files that lie in `root` itself stand above all rooms.
 */
export function roomFaults(root: string, rooms: readonly string[]): RoomFaults {
  const files = sources(root);
  const imports = new Map(files.map((file) => [file, importsOf(file, new Set(files))]));
  const name = (file: string): string => relative(root, file);
  const floor = (file: string): number => {
    const [room = '', inside] = name(file).split('/');
    return inside === undefined ? -1 : rooms.indexOf(room);
  };
  const upward: string[] = [];
  for (const [file, targets] of imports) {
    for (const target of targets) {
      const [from, to] = [floor(file), floor(target)];
      const isRoom = (place: number, path: string): boolean => place >= 0 || !name(path).includes('/');
      if (!isRoom(from, file) || !isRoom(to, target) || to < from) upward.push(`${name(file)} -> ${name(target)}`);
    }
  }
  return { upward, circles: circlesIn(imports).map((circle) => circle.map(name).sort()) };
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => join(folder, path));
}

function importsOf(file: string, known: ReadonlySet<string>): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return [];
    const target = resolve(dirname(file), fileName.replace(/\.js$/, ''));
    return [`${target}.ts`, target].filter((path) => known.has(path));
  });
}

/** Strongly connected components of more than one file, by Tarjan's algorithm. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    let lowest = index.size;
    index.set(node, lowest);
    const own = lowest;
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, low.get(next) ?? index.get(next) ?? 0);
    }
    low.set(node, lowest);
    if (lowest === own) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1) found.push(circle);
    }
    return lowest;
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}
