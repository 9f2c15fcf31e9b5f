import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const VARIABLE = /\b(?:MLE_[A-Z][A-Z0-9_]*[A-Z0-9]|MONGODB_URI|REDIS_URL)\b/g;
/** Set by the tests for themselves. */
const OF_TESTS = /^MLE_(?:TEST_|FAULTS_)/;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const names = (text: string): Set<string> => new Set(text.match(VARIABLE) ?? []);

function shippedSources(): string[] {
  return ['apps/api/src', 'apps/worker/src', 'libs/embedded-mongo/src', 'tools'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /(?<!\.spec)\.(?:ts|mjs|sh)$/.test(path))
      .map((path) => join(folder, path)),
  );
}

it('operate.md and guide.md name every variable that the code reads or sets', () => {
  const told = names(read('docs/operate.md') + read('docs/guide.md'));
  const used = new Set(shippedSources().flatMap((path) => [...names(read(path))]));
  expect(used.size).toBeGreaterThan(20);
  expect([...used].filter((name) => !told.has(name) && !OF_TESTS.test(name))).toEqual([]);
});
