import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** What comes with the page, whichever it is. */
const START = 'start';
/** Lazy modules that come together, in the order of the files: each has what its modules import and none before has. */
const TOGETHER = [
  { name: 'entry', modules: ['login-page', 'setup-page'] },
  { name: 'work', modules: ['frame', 'code-page'] },
  { name: 'editor', modules: ['codemirror'] },
];
/** Small scripts that several others share; a larger one is worth a request of its own. */
const SHARED = 'shared';
const SMALL_BYTES = 10_000;

/** @typedef {{ id: string, size: number, imports: readonly string[] }} Script */

/**
 * Merges the scripts of a built page. The bundler makes one for each set of pages that have a module in common: a
 * hundred, most of 1 kB, of which half came with the first page.
 * Usage: node tools/merge-chunks.mjs FOLDER
 * @param {string} folder
 */
async function merge(folder) {
  const index = join(folder, 'index.html');
  const html = readFileSync(index, 'utf8');
  const main = /<script src="(main-[^"]+\.js)"/.exec(html)?.[1];
  if (!main) throw new Error(`${index} names no main script.`);
  const before = readdirSync(folder).filter((name) => name.endsWith('.js'));
  // A build that found the bundle as it had left it.
  if (before.some((name) => name.startsWith(`${START}-`))) return;

  /** @type {Map<string, Script>} */
  const scripts = new Map();
  const bundle = await rolldown({
    input: join(folder, main),
    plugins: [
      {
        name: 'scripts',
        moduleParsed({ id, code, importedIds }) {
          scripts.set(id, { id, size: code?.length ?? 0, imports: importedIds });
        },
      },
    ],
  });
  /** @type {Map<string, string> | undefined} */
  let files;
  const groups = [START, ...TOGETHER.map(({ name }) => name), SHARED].map((name, i, { length }) => ({
    name,
    // A file also takes what its modules import, unless a file of higher priority has it.
    priority: length - i,
    test: (/** @type {string} */ id) => (files ??= filesOf(join(folder, main), scripts)).get(id) === name,
  }));
  const { output } = await bundle.generate({
    minify: { mangle: false, compress: false },
    entryFileNames: 'main-[hash].js',
    // The server keeps in the browser what ends in letters and digits.
    hashCharacters: 'base36',
    // Its name without the bundler's hash.
    chunkFileNames: ({ name }) => `${name.replace(/-[A-Z0-9]{8}$/, '')}-[hash].js`,
    codeSplitting: { groups },
  });
  await bundle.close();

  const parts = output.flatMap((part) => (part.type === 'chunk' ? [part] : []));
  const entry = parts.find(({ isEntry }) => isEntry);
  if (!entry) throw new Error('The merged page has no main script.');
  const ahead = closure([entry.fileName], (name) => parts.find(({ fileName }) => fileName === name)?.imports ?? []);
  const links = ahead.slice(1).map((name) => `<link rel="modulepreload" href="${name}">`);
  for (const id of scripts.keys()) unlinkSync(id);
  for (const { fileName, code } of parts) writeFileSync(join(folder, fileName), code);
  const bare = html.replace(/<link rel="modulepreload" href="[^"]*">/g, '');
  writeFileSync(
    index,
    bare.replace(`<script src="${main}"`, () => `${links.join('')}<script src="${entry.fileName}"`),
  );
  console.log(`${scripts.size} scripts of the page became ${parts.length}`);
}

/**
 * Which file each script goes to. All that a file imports is in it or in one before it: none waits in a circle.
 * @param {string} main
 * @param {Map<string, Script>} scripts
 */
function filesOf(main, scripts) {
  const importsOf = (/** @type {string} */ id) => scripts.get(id)?.imports ?? [];
  const files = new Map(closure([main], importsOf).map((id) => [id, START]));
  for (const { name, modules } of TOGETHER) {
    const ids = modules.map((module) => {
      const id = [...scripts.keys()].find((one) => /^(.*[\\/])?(.+)-[A-Z0-9]{8}\.js$/.exec(one)?.[2] === module);
      if (id === undefined) throw new Error(`The page has no lazy module ${module}.`);
      return id;
    });
    for (const id of closure(ids, importsOf)) if (!files.has(id)) files.set(id, name);
  }
  const rest = [...scripts.values()].filter(({ id }) => !files.has(id));
  const isShared = (/** @type {Script} */ { id }) => rest.filter(({ imports }) => imports.includes(id)).length > 1;
  let shared = rest.filter((script) => script.size < SMALL_BYTES && isShared(script));
  for (let count = -1; count !== shared.length;) {
    count = shared.length;
    const known = new Set([...files.keys(), ...shared.map(({ id }) => id)]);
    shared = shared.filter(({ imports }) => imports.every((id) => known.has(id)));
  }
  for (const { id } of shared) files.set(id, SHARED);
  return files;
}

/**
 * @param {string[]} ids
 * @param {(id: string) => readonly string[]} importsOf
 */
function closure(ids, importsOf) {
  const all = new Set(ids);
  for (const id of all) for (const next of importsOf(id)) all.add(next);
  return [...all];
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Give the folder of the built page.');
await merge(resolve(folder));
