import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserTable } from './user-table.js';

const folder = mkdtempSync(join(tmpdir(), 'mle-users-'));
const path = join(folder, 'users.json');

afterAll(() => rmSync(folder, { recursive: true }));

test('an owner in a slot keeps its place, also with the next worker, and nobody gets the place of another', () => {
  const before = UserTable.load(path, 3);
  expect([before.placeOf('ada', 0), before.placeOf('bob', 0), before.placeOf('ada', 0)]).toEqual([0, 1, 0]);
  const after = UserTable.load(path, 3);
  expect([after.placeOf('bob', 1), after.placeOf('ada', 0), after.placeOf('bob', 0)]).toEqual([2, 0, 1]);
  expect(() => after.placeOf('eve', 0)).toThrow('All 3 user ids that this machine has for runs belong to somebody.');
  expect(after.placeOf('bob', 1)).toBe(2);
});

test('a table that cannot be read is not taken for an empty one', () => {
  writeFileSync(path, '{"version":1,"users":["ada');
  expect(() => UserTable.load(path, 3)).toThrow('cannot be read');
});
