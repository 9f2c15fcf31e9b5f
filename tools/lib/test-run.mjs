import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { noteBuild, nxBinary, nxEnvironment, sourceHash } from './build.mjs';
import { endCommands } from './command.mjs';
import { ROOT } from './configuration.mjs';
import { installPackages, packagesAreCurrent } from './packages.mjs';
import { Refusal } from './refusal.mjs';
import { Sections } from './sections.mjs';
import { chromiumForTests, redisForTests } from './test-machine.mjs';
import { jest, playwright, show } from './test-suites.mjs';

const SYSTEM = 'apps/e2e';
const FAULTS = 'apps/e2e/faults';
const PAGES = 'apps/e2e/playwright.config.ts';
/** The check of types, and the rules that need them. */
const TYPES = ['--type-aware', '--type-check', '--deny-warnings', 'apps', 'libs', 'tools'];
/** Suites at a time: where one waits for what it started, another computes. */
const LANES = 2;
/** The slowest files of tests that are named. */
const SLOWEST = 10;

/** @typedef {import('./test-suites.mjs').Result} Result */
/** @typedef {import('./test-suites.mjs').Write} Write */
/** @typedef {Result & { name: string, seconds: number }} Outcome */
/** @typedef {(write: Write) => Promise<Result>} Work */

export async function main() {
  const begun = performance.now();
  const onlyFaults = process.argv.includes('--faults');
  const full = onlyFaults || process.argv.includes('--full');
  const reports = mkdtempSync(join(tmpdir(), 'mle-test-'));
  const sections = new Sections((bytes) => process.stdout.write(bytes));
  let stopped = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      endCommands(stopped ? 'SIGKILL' : 'SIGTERM');
      stopped = true;
    });
  }
  /** @type {Outcome[]} */
  const outcomes = [];
  /** @param {string} name @param {Work} work */
  const suite = async (name, work) => {
    if (stopped) return false;
    const section = sections.begin();
    section.write(heading(name));
    const start = performance.now();
    /** @type {Result} */
    let result;
    try {
      result = await work(section.write);
    } catch (error) {
      result = { passed: 0, failed: 1, remark: error instanceof Refusal ? error.message : String(error) };
    }
    if (result.remark) section.write(`${result.remark}\n`);
    section.end();
    outcomes.push({ name, seconds: secondsSince(start), ...result });
    return result.failed === 0;
  };
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...(full && { MLE_TEST_FULL: '1' }), ...(!process.stdout.isTTY && { NO_COLOR: '1' }) };
  const ready = await suite('machine', async () => {
    if (!packagesAreCurrent()) await installPackages();
    Object.assign(env, await redisForTests());
    return { passed: 0, failed: 0 };
  });
  if (ready) {
    // In CI nothing is taken from an earlier run.
    const cache = process.env['CI'] ? ['--skip-nx-cache'] : [];
    const [, , , , chromium] = await Promise.all([
      suite('lint, build', (write) => checks(cache, env, write)),
      suite('types', (write) => check('node_modules/oxlint/bin/oxlint', TYPES, env, write)),
      !onlyFaults &&
        suite('format', (write) => check('node_modules/prettier/bin/prettier.cjs', ['--check', '.'], env, write)),
      !onlyFaults &&
        suite('unused code', (write) => check('node_modules/knip/bin/knip.js', ['--no-progress'], env, write)),
      !onlyFaults &&
        suite('Chromium', async (write) => {
          env['CHROMIUM'] = await chromiumForTests(write);
          return { passed: 0, failed: 0 };
        }),
    ]);
    /** @type {[string, Work][]} */
    const suites = [['faults', (write) => jest(FAULTS, reports, env, write, '--runInBand')]];
    if (!onlyFaults) {
      suites.unshift(['system', (write) => jest(SYSTEM, reports, env, write, '--runInBand')]);
      for (const folder of jestProjects()) suites.push([folder, (write) => jest(folder, reports, env, write)]);
    }
    if (chromium) suites.unshift(['browser', (write) => playwright(PAGES, reports, env, write)]);
    // At full size some measure how much, or how fast.
    await inLanes(full ? 1 : LANES, suites, suite);
  }
  rmSync(reports, { recursive: true, force: true });
  summary(outcomes, stopped, secondsSince(begun));
}

/**
 * @param {number} lanes
 * @param {[string, Work][]} suites begun in this order, the next as soon as a lane is free
 * @param {(name: string, work: Work) => Promise<unknown>} run
 */
async function inLanes(lanes, suites, run) {
  const waiting = suites.values();
  const lane = async () => {
    for (const [name, work] of waiting) await run(name, work);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** @param {string[]} cache @param {NodeJS.ProcessEnv} env @param {Write} write */
async function checks(cache, env, write) {
  const hash = sourceHash();
  const args = [nxBinary(), 'run-many', '-t', 'lint', 'build', '--output-style=stream', ...cache];
  const { code, output } = await show(process.execPath, args, { ...env, ...nxEnvironment() }, write);
  const failedTasks = new Set(
    [...stripVTControlCharacters(output).matchAll(/^ *- ([a-z0-9-]+:(?:lint|bundle|build)\S*)\s*$/gm)].map(
      (match) => match[1] ?? '',
    ),
  );
  // Noted, so that no test of the launcher builds again while others use what was built.
  if (code === 0 || (failedTasks.size > 0 && [...failedTasks].every((task) => /:lint/.test(task)))) noteBuild(hash);
  if (code === 0) return { passed: 0, failed: 0 };
  return {
    passed: 0,
    failed: Math.max(1, failedTasks.size),
    remark: `Failed: ${[...failedTasks].join(', ') || `exit code ${code}`}`,
  };
}

/**
 * A tool that finds faults by itself.
 *
 * @param {string} tool
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {Write} write
 */
async function check(tool, args, env, write) {
  const { code } = await show(process.execPath, [join(ROOT, tool), ...args], env, write);
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

/** The projects with tests of their own: first the worker's, which wait most, and the short ones of libraries last. */
function jestProjects() {
  return ['libs', 'apps']
    .flatMap((group) =>
      readdirSync(join(ROOT, group))
        .sort()
        .map((name) => `${group}/${name}`),
    )
    .filter((folder) => folder !== SYSTEM && existsSync(join(ROOT, folder, 'jest.config.mjs')))
    .reverse();
}

/** @param {string} name */
const heading = (name) => `\n── ${name}\n`;

/** @param {number} start */
const secondsSince = (start) => (performance.now() - start) / 1000;

/** @param {string} what @param {string[]} lines */
function named(what, lines) {
  if (lines.length > 0) process.stdout.write(`${what}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

/** @param {Outcome[]} outcomes @param {boolean} stopped @param {number} whole */
function summary(outcomes, stopped, whole) {
  process.stdout.write(heading('outcome'));
  for (const { name, passed, failed, seconds } of outcomes) {
    const numbers = passed + failed === 0 ? 'ok' : `${passed} passed, ${failed} failed`;
    process.stdout.write(`${name.padEnd(24)} ${numbers.padEnd(26)} ${seconds.toFixed(1).padStart(6)} s\n`);
  }
  const slowest = outcomes.flatMap(({ files = [] }) => files).sort((a, b) => b.seconds - a.seconds);
  named(
    'The slowest files',
    slowest.slice(0, SLOWEST).map(({ path, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${path}`),
  );
  named(
    'Failed first and passed when run once more: find out why',
    outcomes.flatMap(({ unsteady = [] }) => unsteady),
  );
  named(
    'Failed',
    outcomes.flatMap(({ name, failed, failures = [], remark }) => {
      if (failures.length > 0) return failures;
      return failed > 0 ? [remark ?? name] : [];
    }),
  );
  if (stopped) process.stdout.write('Stopped before the end.\n');
  process.stdout.write(`${'all'.padEnd(51)} ${whole.toFixed(1).padStart(6)} s\n`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0) + (stopped ? 1 : 0);
  process.exitCode = failed > 0 ? 1 : 0;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}
