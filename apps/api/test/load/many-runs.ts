import type { RunView } from '@mle/protocol';
import { type Connection, Types } from 'mongoose';

const AT_ONCE = 1_000;

/** Puts copies of a run straight into the store: `number` counts on, the rest is as `change` says. */
export async function copyRun(
  connection: Connection,
  { id }: Pick<RunView, 'id'>,
  count: number,
  change: (n: number) => Record<string, unknown> = () => ({}),
): Promise<void> {
  const runs = connection.collection('runs');
  const original = await runs.findOne({ _id: new Types.ObjectId(id) });
  for (let made = 0; made < count; made += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, i) => {
      const n = made + i;
      return { ...original, number: 1_000_000 + n, ...change(n), _id: new Types.ObjectId() };
    });
    await runs.insertMany(some);
  }
}
