import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './configuration.mjs';

/**
 * In the bundle each file knows the place of its source: beside that is what it reads and what it starts.
 * @type {import('esbuild').Plugin}
 */
const placesOfSources = {
  name: 'places-of-sources',
  setup(bundle) {
    bundle.onLoad({ filter: /\.(?:ts|mjs)$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.filename', JSON.stringify(path)),
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }));
  },
};

/**
 * Makes one file of a bench and what it imports, of which some is TypeScript.
 * @param {string} name
 * @returns {Promise<string>} the path of that file
 */
export async function bundleBench(name) {
  const outfile = join(ROOT, 'dist/bench', `${name}.mjs`);
  await build({
    entryPoints: [join(ROOT, 'bench', `${name}.mjs`)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfig: join(ROOT, 'tsconfig.base.json'),
    logLevel: 'warning',
    plugins: [placesOfSources],
  });
  return outfile;
}
