import { lstat, readdir, readlink, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../base/logger.js';

/** Environments take gigabytes; these many are kept, and none that was not used for so long. */
const KEPT = 20;
const UNUSED_MS = 30 * 86_400_000;

interface Complete {
  link: string;
  folder: string;
  usedAt: number;
}

/**
 * Removes environments: those without a link, the oldest beyond the limit, and those long unused. `spared`, asked each
 * time, stay in any case.
 */
export async function prune(
  root: string,
  spared: () => Set<string>,
  log: Logger,
  limits = { kept: KEPT, unusedMs: UNUSED_MS },
): Promise<void> {
  const complete = (await links(root)).sort((a, b) => b.usedAt - a.usedAt);
  const stay = new Set<string>();
  for (const [i, { link, folder, usedAt }] of complete.entries()) {
    if (spared().has(folder) || (i < limits.kept && Date.now() - usedAt < limits.unusedMs)) stay.add(folder);
    else await unlink(link);
  }
  for (const name of await readdir(join(root, 'built')).catch(() => [])) {
    const folder = join(root, 'built', name);
    // A run may have found it before its link went.
    if (stay.has(folder) || spared().has(folder)) continue;
    log.info({ folder }, 'A Python environment is removed.');
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  for (const name of await readdir(join(root, 'work')).catch(() => [])) {
    if (!spared().has(join(root, 'built', name)))
      await rm(join(root, 'work', name), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function links(root: string): Promise<Complete[]> {
  const found: Complete[] = [];
  for (const name of await readdir(root).catch(() => [])) {
    const link = join(root, name);
    const folder = /^[0-9a-f]{64}$/.test(name) ? await readlink(link).catch(() => null) : null;
    if (folder !== null) found.push({ link, folder, usedAt: (await lstat(link)).mtimeMs });
  }
  return found;
}
