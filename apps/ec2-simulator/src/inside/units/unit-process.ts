import { spawn } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { findGroup, findUser, type User } from '../users.js';
import { expandVariables, splitWords } from './command-line.js';
import { BadSetting, DIRECTORIES, type ServiceSettings } from './service-settings.js';
import type { UnitFile } from './unit-file.js';
import type { UnitWorld } from './unit-world.js';

/** In the environment of each process of a unit: by it they are found again. */
export const UNIT_MARK = 'EC2_SIMULATOR_UNIT';

/** How a process ended; a command that could not be started ends with 203, as systemd has it. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface UnitProcess {
  pid: number;
  ended: Promise<ProcessEnd>;
}

/** Starts a command of a unit, with the user, folder, environment and output that its files say. */
export function startUnitProcess(
  file: UnitFile,
  settings: ServiceSettings,
  words: readonly string[],
  world: UnitWorld,
): UnitProcess {
  // Without a file system of its own the machine has no users of its own.
  const user = settings.user === undefined || world.root !== '' ? null : mustFind(settings.user, findUser);
  const group = settings.group === undefined || world.root !== '' ? undefined : mustFind(settings.group, findGroup);
  const env = environmentOf(file, world, user);
  for (const [key, base] of Object.entries(DIRECTORIES)) {
    const folders = file.names('Service', key).map((name) => join(world.root, base, name));
    for (const folder of folders) makeFolder(folder, user);
    if (folders.length > 0) env[key.replace('Directory', '_DIRECTORY').toUpperCase()] = folders.join(':');
  }
  const [program = '', ...args] = expandVariables(words, env);
  const child = spawn(program, args, {
    cwd: workingFolder(settings, world, user),
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user === null ? {} : { uid: user.uid, gid: group ?? user.gid }),
    ...(user === null && group !== undefined ? { gid: group } : {}),
  });
  for (const stream of [child.stdout, child.stderr]) carry(stream, file.name, settings.output, world);
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      world.journal.note(file.name, `${program} could not be started: ${error.message}`);
      resolve({ code: 203, signal: null });
    });
  });
  return { pid: child.pid ?? 0, ended };
}

function mustFind<T>(name: string, find: (name: string) => T | null): T {
  const found = find(name);
  if (found === null) throw new BadSetting(`There is no user or group ${name}.`);
  return found;
}

function workingFolder({ folder }: ServiceSettings, { root }: UnitWorld, user: User | null): string {
  if (folder === undefined) return root === '' ? '/' : root;
  const isOptional = folder.startsWith('-');
  const path = isOptional ? folder.slice(1) : folder;
  const found = path === '~' ? (user?.home ?? join(root, '/root')) : path;
  if (existsSync(found)) return found;
  if (isOptional) return '/';
  throw new BadSetting(`WorkingDirectory=${path} does not exist.`);
}

function environmentOf(file: UnitFile, world: UnitWorld, user: User | null): Record<string, string> {
  const env: Record<string, string> = { ...world.environment, [UNIT_MARK]: file.name };
  if (user !== null) Object.assign(env, { HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: user.shell });
  for (const line of file.all('Service', 'Environment')) for (const word of splitWords(line) ?? []) assign(env, word);
  for (const named of file.all('Service', 'EnvironmentFile')) {
    const path = named.replace(/^-/, '');
    if (!existsSync(path)) {
      if (named.startsWith('-')) continue;
      throw new BadSetting(`EnvironmentFile=${path} does not exist.`);
    }
    for (const line of readFileSync(path, 'utf8').split('\n'))
      if (!/^\s*[#;]/.test(line)) assign(env, splitWords(line)?.join(' ') ?? '');
  }
  return env;
}

function assign(env: Record<string, string>, text: string): void {
  const equals = text.indexOf('=');
  if (equals > 0) env[text.slice(0, equals).trim()] = text.slice(equals + 1);
}

function makeFolder(path: string, user: User | null): void {
  mkdirSync(path, { recursive: true });
  if (user !== null) chownSync(path, user.uid, user.gid);
}

function carry(stream: Readable, unit: string, output: string, world: UnitWorld): void {
  const file = /^(?:append|file|truncate):(.+)$/.exec(output)?.[1];
  stream.on('data', (bytes: Buffer) => {
    if (file !== undefined) return appendFileSync(file, bytes);
    if (output === 'null') return;
    world.journal.write(unit, bytes.toString());
    if (/console|tty/.test(output)) world.toConsole(bytes.toString());
  });
}
