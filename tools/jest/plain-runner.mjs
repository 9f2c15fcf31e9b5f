import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Jest's own runner of tests, but Node loads the files by itself, not into a context for each file of tests. What they
 * import is then loaded once in a process instead of once for each file, which took half of their time. In return the
 * files that run in a process share its modules and its globals.
 *
 * @typedef {{ global: { console: Console } }} Environment
 * @typedef {(globalConfig: unknown, config: unknown, environment: Environment | { global: typeof globalThis },
 *   runtime: unknown, path: string, send: unknown) => Promise<unknown>} Runner
 */
const require = createRequire(import.meta.url);
/** @type {{ default: Runner }} */
const jest = require('jest-circus/runner');

register('./typescript-hooks.mjs', import.meta.url);
process.setSourceMapsEnabled(true);

let loaded = 0;

/** @type {Runner} */
export default function run(globalConfig, config, environment, _, path, send) {
  const { console } = globalThis;
  const env = { ...process.env };
  globalThis.console = environment.global.console;
  // Jest has no source maps of what Node loads; Node itself has them.
  Reflect.deleteProperty(Error, 'prepareStackTrace');
  // An async function here would stand in the stack of each failed test.
  return jest.default(globalConfig, config, { global: globalThis }, runtime, path, send).finally(() => {
    globalThis.console = console;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    forgetTests();
  });
}

/** Those parts of Jest's runtime that its runner calls. */
const runtime = {
  requireModule: require,
  /** @param {string} path */
  requireInternalModule(path) {
    delete require.cache[path];
    return require(path);
  },
  unstable_shouldLoadAsEsm: () => true,
  /** @param {string} path */
  unstable_importModule: (path) => import(`${pathToFileURL(path).href}?${++loaded}`),
  setGlobalsForRuntime() {},
  enterTestCode() {},
  leaveTestCode() {},
};

/** Jest keeps the tests of a file in globals, which end with the file's context where it has one. */
function forgetTests() {
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    if (['EVENT_HANDLERS', 'JEST_STATE_SYMBOL'].includes(symbol.description ?? ''))
      Reflect.deleteProperty(globalThis, symbol);
  }
}
