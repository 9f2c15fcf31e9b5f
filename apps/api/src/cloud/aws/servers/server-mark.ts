import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const MarkSchema = z.object({ mark: z.uuid(), file: z.string().max(100) });

/**
 * What tells this server from one that runs on a copy of its data folder: a name in a file that also notes which file
 * it is. A copy is another file, and gets another name; a folder that was moved keeps its own.
 */
export async function serverMark(dataDir: string): Promise<string> {
  const path = join(dataDir, 'server-mark');
  const found = await read(path);
  if (found !== null) return found;
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600);
  const mark = randomUUID();
  try {
    await file.writeFile(JSON.stringify({ mark, file: idOf(await file.stat({ bigint: true })) }));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // Another process of this server was faster, or a copied one is replaced.
    const other = await read(path);
    if (other !== null) return other;
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return mark;
}

/** Null where there is none, or it was copied from elsewhere. */
async function read(path: string): Promise<string | null> {
  try {
    const [text, at] = await Promise.all([readFile(path, 'utf8'), stat(path, { bigint: true })]);
    const { mark, file } = MarkSchema.parse(JSON.parse(text));
    return file === idOf(at) ? mark : null;
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== 'ENOENT';
    if (isThere && !(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    return null;
  }
}

const idOf = ({ ino, birthtimeNs }: { ino: bigint; birthtimeNs: bigint }): string => `${ino} ${birthtimeNs}`;
