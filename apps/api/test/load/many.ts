import type { RunView } from '@mle/protocol';
import { type Connection, Types } from 'mongoose';

const AT_ONCE = 1_000;

/** Puts copies of a run straight into the store, changed as is said. */
export async function copyRun(
  connection: Connection,
  { id }: Pick<RunView, 'id'>,
  count: number,
  change: () => Record<string, unknown> = () => ({}),
): Promise<void> {
  const original = await connection.collection('runs').findOne({ _id: new Types.ObjectId(id) });
  const copy = (n: number) => ({ ...original, number: 1_000_000 + n, ...change(), _id: new Types.ObjectId() });
  await insert(connection, 'runs', count, copy);
}

/** Puts copies of the one file of a project straight into the store, a hundred to a folder. */
export async function copyFile(connection: Connection, projectId: string, count: number): Promise<void> {
  const original = await connection.collection('files').findOne({ projectId: new Types.ObjectId(projectId) });
  await insert(connection, 'files', count, (n) => ({
    ...original,
    path: `folder ${Math.floor(n / 100)}/file ${n}.txt`,
    _id: new Types.ObjectId(),
  }));
}

async function insert(
  connection: Connection,
  collection: string,
  count: number,
  document: (n: number) => Record<string, unknown>,
): Promise<void> {
  for (let made = 0; made < count; made += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - made);
    await connection.collection(collection).insertMany(Array.from({ length: some }, (_, i) => document(made + i)));
  }
}
