import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteEnd } from './end-file.js';

test('the end is noted as a timer of systemd reads it, and a folder that is gone is no error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mle-end-'));
  noteEnd(folder, '2037-01-02T03:04:05.678Z');
  expect(readFileSync(join(folder, 'ends-at'), 'utf8')).toBe('2037-01-02 03:04:05 UTC\n');
  rmSync(folder, { recursive: true });
  noteEnd(folder, '2037-01-02T03:04:05.678Z');
});
