/** Hooks by which Node loads our TypeScript: the same transform as in what is built, and the aliases of libraries. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const ROOT = new URL('../../', import.meta.url);
const { jsc } = JSON.parse(readFileSync(new URL('.swcrc', ROOT), 'utf8'));
delete jsc.baseUrl;
const LIBRARY = /^@mle\/([a-z0-9-]+)(?:\/(.+))?$/;
const TYPESCRIPT = /\.ts(\?|$)/;

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  const source = sourceOf(specifier, context.parentURL);
  return source && existsSync(source) ? { url: source.href, shortCircuit: true } : next(specifier, context);
}

/** @param {string} specifier @param {string} [parent] */
function sourceOf(specifier, parent) {
  const [, library, file = 'index'] = LIBRARY.exec(specifier) ?? [];
  if (library) return new URL(`libs/${library}/src/${file.endsWith('.mjs') ? file : `${file}.ts`}`, ROOT);
  if (!parent || !TYPESCRIPT.test(parent) || !/^\.\.?\//.test(specifier)) return null;
  return new URL(specifier.replace(/(\.js|\.ts)?$/, '.ts'), parent);
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!TYPESCRIPT.test(url)) return next(url, context);
  const filename = fileURLToPath(url);
  const source = readFileSync(filename, 'utf8');
  const { code } = await transform(source, { jsc, filename, swcrc: false, configFile: false, sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
