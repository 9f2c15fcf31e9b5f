import { spawn } from 'node:child_process';
import { Refusal } from './refusal.mjs';
import { signalGroup } from './signal-group.mjs';

/** @type {Set<number>} */
const running = new Set();

/**
 * Runs a program to its end in a process group of its own; its output, or its standard error alone, goes to `write`.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, write?: (bytes: Uint8Array) => void, shown?: 'both' | 'stderr',
 *   limitMs?: number }} options after `limitMs` it is killed
 * @returns {Promise<{ code: number, output: string }>} `output` ends with the last 64 KiB; code 127: it could not be
 *   started
 */
export function run(file, args, { cwd, env = process.env, write, shown = 'both', limitMs }) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) running.add(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (/** @type {Buffer} */ bytes) => {
        if (shown === 'both' || stream === child.stderr) write?.(bytes);
        output = (output + bytes.toString()).slice(-65_536);
      });
    }
    const limit =
      limitMs === undefined ? null : setTimeout(() => child.pid && signalGroup(child.pid, 'SIGKILL'), limitMs);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => {
      if (limit) clearTimeout(limit);
      if (child.pid) running.delete(child.pid);
      resolve({ code: code ?? 1, output });
    });
  });
}

/**
 * The same, for a step without which nothing goes on.
 * @param {string} what as in "The packages could not be installed"
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, log?: import('./log-file.mjs').LogFile }} options
 */
export async function runOrRefuse(what, file, args, { log, ...options }) {
  log?.write(`\n$ ${file} ${args.join(' ')}\n`);
  const { code, output } = await run(file, args, { ...options, write: (bytes) => log?.write(bytes) });
  if (code !== 0) throw new Refusal(`${what}:\n${output.trim().split('\n').slice(-30).join('\n')}`);
  return output;
}

/**
 * Ends what `run` has under way.
 * @param {NodeJS.Signals} signal
 */
export function endCommands(signal) {
  for (const pid of running) signalGroup(pid, signal);
}
