import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Parts, startParts } from '@mle/testing';
import mongoose, { type Connection } from 'mongoose';
import { ConfigError } from '../../src/platform/config/config-error.js';
import { migrate } from '../../src/platform/database/migration-runner.js';
import type { Migration } from '../../src/platform/database/migrations.js';
import { startApi } from '../api.js';

let parts: Parts;
let connection: Connection;
beforeAll(async () => {
  parts = await startParts();
  connection = await mongoose.createConnection(parts.mongodbUri).asPromise();
});
afterAll(async () => {
  await connection?.close();
  await parts?.stop();
});

const version = async () =>
  (await connection.collection('meta').findOne({ _id: 'schemaVersion' as never }))?.['version'] as number;
const backups = () => (existsSync(join(parts.dataDir, 'backups')) ? readdirSync(join(parts.dataDir, 'backups')) : []);
const step = (to: number, done: number[], fails = false): Migration => ({
  to,
  what: `step ${to}`,
  run: () => {
    done.push(to);
    return fails ? Promise.reject(new Error('interrupted')) : Promise.resolve();
  },
});

describe('migrations', () => {
  it('begin with version 1 on empty data, without a backup', async () => {
    await migrate(connection, [], parts);
    expect(await version()).toBe(1);
    expect(backups()).toEqual([]);
  });

  it('run in order, once each, after a copy of the embedded store', async () => {
    const done: number[] = [];
    await migrate(connection, [step(2, done), step(3, done)], parts);
    await migrate(connection, [step(2, done), step(3, done)], parts);
    expect(done).toEqual([2, 3]);
    expect(await version()).toBe(3);
    const [backup = '', ...more] = backups();
    expect(more).toEqual([]);
    expect(backup).toMatch(/^store-v1-/);
    expect(readdirSync(join(parts.dataDir, 'backups', backup)).length).toBeGreaterThan(0);
  });

  it('go on where they were interrupted', async () => {
    const done: number[] = [];
    await expect(migrate(connection, [step(4, done), step(5, done, true)], parts)).rejects.toThrow('interrupted');
    expect(await version()).toBe(4);
    await migrate(connection, [step(4, done), step(5, done)], parts);
    expect(done).toEqual([4, 5, 5]);
  });

  it('make no copy of a database that is not embedded', async () => {
    const before = backups().length;
    await migrate(connection, [step(6, [])], { ...parts, storeDir: null });
    expect(backups()).toHaveLength(before);
  });

  it('refuse newer data, and the server does not start', async () => {
    await expect(migrate(connection, [], parts)).rejects.toBeInstanceOf(ConfigError);
    await expect(startApi(parts)).rejects.toThrow(/version 6, and this program knows versions up to 1/);
    expect(await version()).toBe(6);
  });
});
