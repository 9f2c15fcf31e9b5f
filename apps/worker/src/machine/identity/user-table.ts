import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurableSync } from '../../base/atomic-file.js';
import { PrepareError } from '../../base/prepare-error.js';

const TableSchema = z.object({ version: z.literal(1), users: z.array(z.string()) });

/**
 * Which owner in which slot has which of the user ids of this worker: the place in the list counts. Nothing is ever
 * taken out, so that no owner gets the id of another, also of one whose account is gone.
 */
export class UserTable {
  private constructor(
    private readonly path: string,
    private readonly size: number,
    private readonly places: Map<string, number>,
  ) {}

  /** Throws where the file cannot be read: with an empty table, ids would be given a second time. */
  static load(path: string, size: number): UserTable {
    if (!existsSync(path)) return new UserTable(path, size, new Map());
    try {
      const { users } = TableSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      return new UserTable(path, size, new Map(users.map((user, place) => [user, place])));
    } catch (error) {
      throw new Error(
        `The table of the users of runs, ${path}, cannot be read. Put it back from a backup, or remove it together with the folder of workspaces and homes, which its ids protect.`,
        { cause: error },
      );
    }
  }

  /** Gives a place to who has none yet; it is on the disk before anybody uses it. */
  placeOf(owner: string, slot: number): number {
    const user = `${owner}/${slot}`;
    const known = this.places.get(user);
    if (known !== undefined) return known;
    const place = this.places.size;
    if (place >= this.size)
      throw new PrepareError(
        `All ${this.size} user ids that this machine has for runs belong to somebody. Run on another machine, or give this one a new data folder.`,
      );
    writeDurableSync(this.path, JSON.stringify({ version: 1, users: [...this.places.keys(), user] }));
    this.places.set(user, place);
    return place;
  }
}
