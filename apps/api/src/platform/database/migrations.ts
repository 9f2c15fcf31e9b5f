import type { Connection } from 'mongoose';

/** One step of the data from `to - 1` to `to`. It may run again after an interruption, so it has to bear that. */
export interface Migration {
  to: number;
  what: string;
  run: (connection: Connection) => Promise<void>;
}

/** In order, without gaps, from version 2. Version 1 is the first data that there was. */
export const MIGRATIONS: readonly Migration[] = [];

export const FIRST_SCHEMA_VERSION = 1;
