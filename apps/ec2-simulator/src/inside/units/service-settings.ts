import { readCommand, type UnitCommand } from './command-line.js';
import { readTimeSpan } from './time-span.js';
import type { UnitFile } from './unit-file.js';
import { type PowerChange, powerChange } from './unit-world.js';

const RESTART = ['no', 'always', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog'] as const;
const KILL_MODES = ['control-group', 'mixed', 'process', 'none'] as const;
const TYPES = ['simple', 'exec', 'idle', 'notify', 'oneshot'] as const;
/** What a service may write below, by the name of its setting. */
export const DIRECTORIES = {
  StateDirectory: '/var/lib',
  LogsDirectory: '/var/log',
  CacheDirectory: '/var/cache',
  RuntimeDirectory: '/run',
  ConfigurationDirectory: '/etc',
};

/** A setting that the stand-in does not know; its message stands in the journal. */
export class BadSetting extends Error {}

export interface ServiceSettings {
  type: (typeof TYPES)[number];
  commands: Record<'ExecStartPre' | 'ExecStart' | 'ExecStartPost' | 'ExecStop' | 'ExecStopPost', UnitCommand[]>;
  restart: (typeof RESTART)[number];
  restartMs: number;
  staysActive: boolean;
  killMode: (typeof KILL_MODES)[number];
  killSignal: NodeJS.Signals;
  startTimeoutMs: number;
  stopTimeoutMs: number;
  longestRunMs: number;
  startLimit: { burst: number; intervalMs: number; action: PowerChange | null };
  onFailure: { units: string[]; action: PowerChange | null };
  successAction: PowerChange | null;
  successStatuses: string[];
  statusesWithoutRestart: string[];
  user: string | undefined;
  group: string | undefined;
  folder: string | undefined;
  output: string;
  umask: number | null;
}

export function readServiceSettings(file: UnitFile): ServiceSettings {
  const last = (key: string): string | undefined => file.last('Service', key);
  const type = choice('Type', last('Type') ?? 'simple', TYPES);
  return {
    type,
    commands: {
      ExecStartPre: readCommands(file, 'ExecStartPre'),
      ExecStart: readCommands(file, 'ExecStart'),
      ExecStartPost: readCommands(file, 'ExecStartPost'),
      ExecStop: readCommands(file, 'ExecStop'),
      ExecStopPost: readCommands(file, 'ExecStopPost'),
    },
    restart: choice('Restart', last('Restart') ?? 'no', RESTART),
    restartMs: span('RestartSec', last('RestartSec'), 100),
    staysActive: isYes(last('RemainAfterExit')),
    killMode: choice('KillMode', last('KillMode') ?? 'control-group', KILL_MODES),
    killSignal: readSignal(last('KillSignal') ?? 'SIGTERM'),
    startTimeoutMs: span(
      'TimeoutStartSec',
      last('TimeoutStartSec') ?? last('TimeoutSec'),
      type === 'oneshot' ? Infinity : 90_000,
    ),
    stopTimeoutMs: span('TimeoutStopSec', last('TimeoutStopSec') ?? last('TimeoutSec'), 90_000),
    longestRunMs: span('RuntimeMaxSec', last('RuntimeMaxSec'), Infinity),
    startLimit: {
      burst: Number(file.last('Unit', 'StartLimitBurst') ?? 5),
      intervalMs: span('StartLimitIntervalSec', file.last('Unit', 'StartLimitIntervalSec'), 10_000),
      action: powerChange(file.last('Unit', 'StartLimitAction')),
    },
    onFailure: { units: file.names('Unit', 'OnFailure'), action: powerChange(file.last('Unit', 'FailureAction')) },
    successAction: powerChange(file.last('Unit', 'SuccessAction')),
    successStatuses: file.names('Service', 'SuccessExitStatus'),
    statusesWithoutRestart: file.names('Service', 'RestartPreventExitStatus'),
    user: last('User'),
    group: last('Group'),
    folder: last('WorkingDirectory'),
    output: last('StandardOutput') ?? 'journal',
    umask: last('UMask') === undefined ? null : Number.parseInt(last('UMask') ?? '', 8),
  };
}

function readCommands(file: UnitFile, key: string): UnitCommand[] {
  return file.all('Service', key).map((line) => {
    const command = readCommand(line);
    if (command === null) throw new BadSetting(`${key}=${line} is no command.`);
    return command;
  });
}

function choice<T extends string>(key: string, value: string, choices: readonly T[]): T {
  const known = choices.find((candidate) => candidate === value);
  if (known === undefined) throw new BadSetting(`${key}=${value} is not imitated here.`);
  return known;
}

function span(key: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const ms = readTimeSpan(value);
  if (ms === null) throw new BadSetting(`${key}=${value} is no time.`);
  // As systemd has it, no time at all means no limit at all.
  return ms === 0 && /^Timeout/.test(key) ? Infinity : ms;
}

function readSignal(name: string): NodeJS.Signals {
  const full = name.startsWith('SIG') ? name : `SIG${name}`;
  if (!/^SIG(TERM|INT|HUP|QUIT|KILL|USR1|USR2)$/.test(full))
    throw new BadSetting(`KillSignal=${name} is not imitated here.`);
  return full as NodeJS.Signals;
}

export function isYes(value: string | undefined): boolean {
  return value !== undefined && /^(1|yes|true|on)$/i.test(value);
}
