import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expandVariables, readCommand, splitWords } from './command-line.js';
import { readServiceSettings } from './service-settings.js';
import { UnitFile } from './unit-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mle-units-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function load(name: string, files: Record<string, string>): UnitFile {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const file = UnitFile.load(name, [folder]);
  if (file === null) throw new Error('It was not found.');
  return file;
}

test('reads sections, lists, long lines, comments and specifiers', () => {
  const file = load('a.service', {
    'a.service':
      '# a comment\n[Unit]\nAfter=b.service  c.service\nAfter=d.target\n[Service]\nExecStart=/bin/echo \\\n  %n %%\n; another\n',
  });
  expect(file.names('Unit', 'After')).toEqual(['b.service', 'c.service', 'd.target']);
  expect(file.last('Service', 'ExecStart')).toBe('/bin/echo    a.service %');
});

test('drop-ins come after, and an empty value takes back those before it', () => {
  const file = load('a.timer', {
    'a.timer': '[Timer]\nOnCalendar=hourly\n',
    'a.timer.d/10-first.conf': '[Timer]\nOnCalendar=\nOnCalendar=daily\n',
    'a.timer.d/20-second.conf': '[Timer]\nOnCalendar=weekly\n',
    'a.timer.d/notes.txt': '[Timer]\nOnCalendar=yearly\n',
  });
  expect(file.all('Timer', 'OnCalendar')).toEqual(['daily', 'weekly']);
});

test('a template gives its instance', () => {
  const file = load('run@seven.service', { 'run@.service': '[Service]\nExecStart=/bin/echo %i of %p\n' });
  expect(file.last('Service', 'ExecStart')).toBe('/bin/echo seven of run');
});

test('settings that are not imitated are refused, not ignored', () => {
  const settings = (text: string) =>
    readServiceSettings(load('a.service', { 'a.service': `[Service]\nExecStart=/bin/true\n${text}\n` }));
  expect(settings('Restart=on-failure\nRestartSec=2\nUMask=0077')).toMatchObject({
    restart: 'on-failure',
    restartMs: 2000,
    umask: 0o77,
  });
  expect(settings('TimeoutStopSec=0').stopTimeoutMs).toBe(Infinity);
  expect(() => settings('Type=dbus')).toThrow('Type=dbus is not imitated here.');
  expect(() => settings('RestartSec=soon')).toThrow('RestartSec=soon is no time.');
  expect(() => settings('ExecStop=/bin/echo "open')).toThrow('is no command');
});

test('command lines are split and filled in as systemd does it', () => {
  expect(splitWords(`/bin/sh -c 'a "b"' "c d"e \\s "" f\\ g`)).toEqual([
    '/bin/sh',
    '-c',
    'a "b"',
    'c de',
    ' ',
    '',
    'f g',
  ]);
  expect(readCommand('-/bin/false x')).toEqual({ words: ['/bin/false', 'x'], mayFail: true });
  expect(readCommand('@/bin/sh shown -c true')?.words).toEqual(['/bin/sh', '-c', 'true']);
  const env = { A: 'one two', B: 'x' };
  expect(expandVariables(['$A', '${A}!', '$$A', '${NONE}-', '$NONE'], env)).toEqual([
    'one',
    'two',
    'one two!',
    '$A',
    '-',
  ]);
});
