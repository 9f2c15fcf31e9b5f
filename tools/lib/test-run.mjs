import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { noteBuild, nxBinary, nxEnvironment, sourceHash } from './build.mjs';
import { endCommands, run } from './command.mjs';
import { ROOT } from './configuration.mjs';
import { installPackages, packagesAreCurrent } from './packages.mjs';
import { Refusal } from './refusal.mjs';
import { Sections } from './sections.mjs';
import { chromiumForTests, redisForTests } from './test-machine.mjs';

/** Tests that take their time, or tell what a shorter one tells too, have this in their name or as their tag. */
const ONLY_FULL = '@full';
const JEST_OPTIONS = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
const SYSTEM = 'apps/e2e';
const FAULTS = 'apps/e2e/faults';
/** A suite that hangs is a failure, not a wait without end. */
const SUITE_MINUTES = 20;
const FULL_SUITE_MINUTES = 45;

/** @typedef {{ name: string, passed: number, failed: number, seconds: number, remark?: string }} Outcome */
/** @typedef {(bytes: Uint8Array | string) => void} Write */
/** @typedef {(write: Write) => Promise<Omit<Outcome, 'name' | 'seconds'>>} Work */

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
    /** @type {Omit<Outcome, 'name' | 'seconds'>} */
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
    const [, , , chromium] = await Promise.all([
      suite('lint, types, build', (write) => checks(cache, env, write)),
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
    // Each takes both processors: two at a time are slower than one after the other.
    if (!onlyFaults) {
      for (const folder of jestProjects()) await suite(folder, (write) => jest(folder, reports, env, write));
      await suite('system', (write) => jest(SYSTEM, reports, env, write, '--runInBand'));
    }
    await suite('faults', (write) => jest(FAULTS, reports, env, write, '--runInBand'));
    if (chromium) await suite('browser', (write) => playwright(reports, env, write));
  }
  rmSync(reports, { recursive: true, force: true });
  summary(outcomes, stopped, secondsSince(begun));
}

/** @param {string[]} cache @param {NodeJS.ProcessEnv} env @param {Write} write */
async function checks(cache, env, write) {
  const hash = sourceHash();
  const args = [nxBinary(), 'run-many', '-t', 'lint', 'typecheck', 'build', '--output-style=stream', ...cache];
  const { code, output } = await show(process.execPath, args, { ...env, ...nxEnvironment() }, write);
  const failedTasks = new Set(
    [...stripVTControlCharacters(output).matchAll(/^ *- ([a-z0-9-]+:(?:lint|typecheck|bundle|build)\S*)\s*$/gm)].map(
      (match) => match[1] ?? '',
    ),
  );
  // Noted, so that no test of the launcher builds again while others use what was built.
  if (code === 0 || (failedTasks.size > 0 && [...failedTasks].every((task) => /:(lint|typecheck)/.test(task))))
    noteBuild(hash);
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

/** The projects with tests of their own, in the order of the libraries first. */
function jestProjects() {
  return ['libs', 'apps']
    .flatMap((group) =>
      readdirSync(join(ROOT, group))
        .sort()
        .map((name) => `${group}/${name}`),
    )
    .filter((folder) => folder !== SYSTEM && existsSync(join(ROOT, folder, 'jest.config.mjs')));
}

/**
 * @param {string} folder
 * @param {string} reports
 * @param {NodeJS.ProcessEnv} env
 * @param {Write} write
 * @param {string} [workers]
 */
async function jest(folder, reports, env, write, workers = '--maxWorkers=2') {
  const config = join(ROOT, folder, 'jest.config.mjs');
  if (!existsSync(config)) return { passed: 0, failed: 1, remark: `${folder}/jest.config.mjs is missing.` };
  const report = join(reports, `${folder.replaceAll('/', '-')}.json`);
  const binary = join(ROOT, 'node_modules/jest/bin/jest.js');
  const names = env['MLE_TEST_FULL'] === '1' ? [] : [`--testNamePattern=^(?!.*${ONLY_FULL})`];
  const args = [binary, '-c', config, '--json', `--outputFile=${report}`, workers, ...names];
  const options = [env['NODE_OPTIONS'], JEST_OPTIONS].filter(Boolean).join(' ');
  // With --json the report would stand on standard output as well: only standard error is for people.
  const { code } = await show(process.execPath, args, { ...env, NODE_OPTIONS: options }, write, 'stderr');
  if (!existsSync(report)) return { passed: 0, failed: 1, remark: `Jest ended with exit code ${code} and no report.` };
  const {
    numPassedTests: passed,
    numFailedTests,
    numRuntimeErrorTestSuites: broken,
  } = JSON.parse(readFileSync(report, 'utf8'));
  return counted(passed, numFailedTests + broken, code);
}

/** @param {string} reports @param {NodeJS.ProcessEnv} env @param {Write} write */
async function playwright(reports, env, write) {
  const report = join(reports, 'browser.json');
  const names = env['MLE_TEST_FULL'] === '1' ? [] : [`--grep-invert=${ONLY_FULL}`];
  const args = [
    join(ROOT, 'node_modules/@playwright/test/cli.js'),
    'test',
    '-c',
    join(ROOT, SYSTEM, 'playwright.config.ts'),
    '--reporter=list,json',
    ...names,
  ];
  const { code } = await show(process.execPath, args, { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }, write);
  if (!existsSync(report))
    return { passed: 0, failed: 1, remark: `Playwright ended with exit code ${code} and no report.` };
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  // A test that passes at the second try has failed once.
  return counted(stats.expected, stats.unexpected + stats.flaky + errors.length, code);
}

/** @param {number} passed @param {number} failed @param {number} code */
function counted(passed, failed, code) {
  if (passed + failed === 0) return { passed, failed: 1, remark: 'No test ran.' };
  if (code !== 0 && failed === 0) return { passed, failed: 1, remark: `It ended with exit code ${code}.` };
  return { passed, failed };
}

/**
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {Write} write
 * @param {'both' | 'stderr'} [shown]
 */
async function show(file, args, env, write, shown = 'both') {
  const minutes = env['MLE_TEST_FULL'] ? FULL_SUITE_MINUTES : SUITE_MINUTES;
  const start = performance.now();
  const result = await run(file, args, { cwd: ROOT, env, shown, limitMs: minutes * 60_000, write });
  if (performance.now() - start >= minutes * 60_000) write(`\nKilled: it was not over after ${minutes} minutes.\n`);
  return result;
}

/** @param {string} name */
const heading = (name) => `\n── ${name}\n`;

/** @param {number} start */
const secondsSince = (start) => (performance.now() - start) / 1000;

/** @param {Outcome[]} outcomes @param {boolean} stopped @param {number} whole */
function summary(outcomes, stopped, whole) {
  process.stdout.write(heading('outcome'));
  for (const { name, passed, failed, seconds } of outcomes) {
    const numbers = passed + failed === 0 ? 'ok' : `${passed} passed, ${failed} failed`;
    process.stdout.write(`${name.padEnd(24)} ${numbers.padEnd(26)} ${seconds.toFixed(1).padStart(6)} s\n`);
  }
  if (stopped) process.stdout.write('Stopped before the end.\n');
  process.stdout.write(`${'all'.padEnd(51)} ${whole.toFixed(1).padStart(6)} s\n`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0) + (stopped ? 1 : 0);
  process.exitCode = failed > 0 ? 1 : 0;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}
