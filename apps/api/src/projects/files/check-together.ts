import { conflict } from '../../platform/http/problem.js';

/** Refuses a set of files in which one would have to be a folder for another. */
export function checkTogether(list: string[]): void {
  const paths = new Set(list);
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (paths.has(folder)) throw conflict('file.in_the_way', `${folder} is a file, so ${path} cannot be below it.`);
    }
  }
}
