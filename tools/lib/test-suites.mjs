import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './command.mjs';
import { ROOT } from './configuration.mjs';

/** Tests that take their time, or tell what a shorter one tells too, have this in their name or as their tag. */
const ONLY_FULL = '@full';
const JEST_OPTIONS = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
/** A suite that hangs is a failure, not a wait without end. */
const SUITE_MINUTES = 20;
const FULL_SUITE_MINUTES = 45;
/** Where more fail, the code is at fault and not the moment. */
const MOST_TRIED_AGAIN = 5;

/** @typedef {(bytes: Uint8Array | string) => void} Write */
/** @typedef {{ path: string, seconds: number }} TestFile */
/**
 * What a suite came to. `unsteady` names the tests that failed first and passed when their file was run once more.
 * @typedef {{ passed: number, failed: number, failures?: string[], unsteady?: string[], files?: TestFile[],
 *   remark?: string }} Result
 */
/**
 * What one file of tests came to; one that could not be loaded has a failure and no test that passed.
 * @typedef {TestFile & { passed: number, failures: string[] }} Report
 */

/**
 * Runs the tests of a folder with Jest, and once more those files in which a test failed.
 * @param {string} folder
 * @param {string} reports a folder for Jest's own report
 * @param {NodeJS.ProcessEnv} env
 * @param {Write} write
 * @param {string} [workers]
 * @returns {Promise<Result>}
 */
export async function jest(folder, reports, env, write, workers = '--maxWorkers=2') {
  const config = join(ROOT, folder, 'jest.config.mjs');
  if (!existsSync(config)) return { passed: 0, failed: 1, remark: `${folder}/jest.config.mjs is missing.` };
  const names = env['MLE_TEST_FULL'] === '1' ? [] : [`--testNamePattern=^(?!.*${ONLY_FULL})`];
  const options = [env['NODE_OPTIONS'], JEST_OPTIONS].filter(Boolean).join(' ');
  /** @param {number} attempt @param {string[]} files */
  const attempt = async (attempt, files) => {
    const report = join(reports, `${folder.replaceAll('/', '-')}-${attempt}.json`);
    const binary = join(ROOT, 'node_modules/jest/bin/jest.js');
    const only = files.length > 0 ? ['--runTestsByPath', ...files] : [];
    const args = [binary, '-c', config, '--json', `--outputFile=${report}`, workers, ...names, ...only];
    // With --json the report would stand on standard output as well: only standard error is for people.
    const { code } = await show(process.execPath, args, { ...env, NODE_OPTIONS: options }, write, 'stderr');
    return { code, files: existsSync(report) ? jestReport(JSON.parse(readFileSync(report, 'utf8'))) : null };
  };
  const first = await attempt(1, []);
  if (!first.files) return { passed: 0, failed: 1, remark: `Jest ended with exit code ${first.code} and no report.` };
  const failed = first.files.filter(({ failures }) => failures.length > 0);
  if (failed.length === 0 || failed.length > MOST_TRIED_AGAIN) return result(first.files, [], first.code);
  write(`\nOnce more, since a test failed: ${failed.map(({ path }) => path).join(', ')}\n`);
  const second = await attempt(
    2,
    failed.map(({ path }) => path),
  );
  if (!second.files) return result(first.files, [], first.code);
  const still = second.files.flatMap(({ failures }) => failures);
  const unsteady = failed.flatMap(({ failures }) => failures.filter((name) => !still.includes(name)));
  return result([...first.files.filter((file) => !failed.includes(file)), ...second.files], unsteady, second.code);
}

/**
 * @param {{ testResults: { name: string, startTime: number, endTime: number, message: string, status: string,
 *   assertionResults: { fullName: string, status: string }[] }[] }} report
 * @returns {Report[]}
 */
function jestReport({ testResults }) {
  return testResults.map(({ name, startTime, endTime, status, assertionResults }) => {
    const path = relative(ROOT, name);
    const failures = assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    if (status === 'failed' && failures.length === 0) failures.push('(the file itself)');
    return {
      path,
      seconds: (endTime - startTime) / 1000,
      passed: assertionResults.filter((test) => test.status === 'passed').length,
      failures: failures.map((failure) => `${path}: ${failure}`),
    };
  });
}

/**
 * Runs the browser's tests, and once more each that failed, in an installation of its own.
 * @param {string} config
 * @param {string} reports
 * @param {NodeJS.ProcessEnv} env
 * @param {Write} write
 * @returns {Promise<Result>}
 */
export async function playwright(config, reports, env, write) {
  const report = join(reports, 'browser.json');
  const names = env['MLE_TEST_FULL'] === '1' ? [] : [`--grep-invert=${ONLY_FULL}`];
  const binary = join(ROOT, 'node_modules/@playwright/test/cli.js');
  const args = [binary, 'test', '-c', join(ROOT, config), '--reporter=list,json', '--retries=1', ...names];
  const { code } = await show(process.execPath, args, { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }, write);
  if (!existsSync(report))
    return { passed: 0, failed: 1, remark: `Playwright ended with exit code ${code} and no report.` };
  /** @type {{ suites: BrowserSuite[], errors: { message?: string }[] }} */
  const { suites, errors } = JSON.parse(readFileSync(report, 'utf8'));
  const specs = suites.flatMap(specsOf);
  /** @param {string} status */
  const withStatus = (status) =>
    specs.flatMap(({ title, file, tests }) =>
      tests.filter((test) => test.status === status).map(() => `${file}: ${title}`),
    );
  const unsteady = withStatus('flaky');
  const files = [...new Set(specs.map(({ file }) => file))].map((path) => ({
    path: join(config, '..', 'src', path),
    seconds: sum(specs.filter(({ file }) => file === path).flatMap(({ tests }) => tests.flatMap(secondsOf))),
    passed: 0,
    failures: [],
  }));
  const failures = [...withStatus('unexpected'), ...errors.map(({ message }) => message ?? 'an error')];
  const passed = withStatus('expected').length + unsteady.length;
  return result([...files, { path: config, seconds: 0, passed, failures }], unsteady, code);
}

/** @typedef {{ status: string, results: { duration: number }[] }} BrowserTest */
/** @typedef {{ suites?: BrowserSuite[], specs: { title: string, file: string, tests: BrowserTest[] }[] }} BrowserSuite */

/** @param {BrowserSuite} suite @returns {BrowserSuite['specs']} */
const specsOf = ({ suites = [], specs }) => [...specs, ...suites.flatMap(specsOf)];

/** @param {BrowserTest} test */
const secondsOf = ({ results }) => results.map(({ duration }) => duration / 1000);

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** @param {Report[]} files @param {string[]} unsteady @param {number} code @returns {Result} */
function result(files, unsteady, code) {
  const failures = files.flatMap((file) => file.failures);
  const passed = sum(files.map((file) => file.passed));
  const counted = { passed, failed: failures.length, failures, unsteady, files };
  if (passed + failures.length === 0) return { ...counted, failed: 1, remark: 'No test ran.' };
  if (code !== 0 && failures.length === 0) return { ...counted, failed: 1, remark: `It ended with exit code ${code}.` };
  return counted;
}

/**
 * Runs a tool to its end, or to the end of the time that a suite has.
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {Write} write
 * @param {'both' | 'stderr'} [shown]
 */
export async function show(file, args, env, write, shown = 'both') {
  const minutes = env['MLE_TEST_FULL'] ? FULL_SUITE_MINUTES : SUITE_MINUTES;
  const start = performance.now();
  const result = await run(file, args, { cwd: ROOT, env, shown, limitMs: minutes * 60_000, write });
  if (performance.now() - start >= minutes * 60_000) write(`\nKilled: it was not over after ${minutes} minutes.\n`);
  return result;
}
