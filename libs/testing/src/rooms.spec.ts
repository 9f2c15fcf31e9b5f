import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { roomFaults } from './rooms.js';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The rooms of each folder, the highest first. */
const ROOMS: Record<string, string[]> = {
  'apps/api/src': [
    'doors',
    'experiments',
    'cloud',
    'runs',
    'results',
    'machines',
    'accounts',
    'projects',
    'run-records',
    'platform',
  ],
  'apps/worker/src': ['worker', 'attempts', 'results', 'prepare', 'supervisor', 'server', 'machine', 'journal', 'base'],
  'apps/web/src/app': [
    'pages',
    'frame',
    'vary',
    'launch',
    'workbench',
    'settings',
    'artifacts',
    'editor',
    'files',
    'output',
    'metrics',
    'runs',
    'instances',
    'machines',
    'pools',
    'projects',
    'ui',
    'core',
  ],
  'libs/embedded-mongo/src': ['commands', 'wire', 'engine', 'errors', 'storage', 'bson'],
  'libs/protocol/src': [],
};

describe('rooms', () => {
  it.each(Object.entries(ROOMS))('%s imports downward only, and in no circle', (folder, rooms) => {
    expect(roomFaults(join(ROOT, folder), rooms)).toEqual({ upward: [], circles: [] });
  });

  it('finds an upward import, a circle and a folder that is no room', () => {
    const root = mkdtempSync(join(tmpdir(), 'mle-rooms-'));
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    write('main.ts', "import './high/a.js';");
    write('high/a.ts', "import type { B } from '../low/b.js';\nexport type A = B;");
    write('low/b.ts', "export type B = typeof import('../high/a.js');");
    write('attic/c.ts', "const later = () => import('../low/b.js');");
    expect(roomFaults(root, ['high', 'low'])).toEqual({
      upward: expect.arrayContaining(['low/b.ts -> high/a.ts', 'attic/c.ts -> low/b.ts']),
      circles: [['high/a.ts', 'low/b.ts']],
    });
    rmSync(root, { recursive: true });
  });
});
