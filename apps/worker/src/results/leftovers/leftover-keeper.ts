import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptRef, Leftover, LeftoverReply, LeftoverRequest } from '@mle/protocol';
import { LIMITS } from '@mle/protocol';
import type { Workspaces } from '../../prepare/sync/workspaces.js';
import type { ArtifactSender, Source } from '../artifacts/artifact-sender.js';
import { Superseded } from '../artifacts/artifact-sender.js';
import { hashOf, NotOwn, openOwn } from '../artifacts/own-file.js';

const GONE = 'It is not there any more.';
const CHANGED = 'It was changed since the run ended.';
const NEVER = new AbortController().signal;

type Outcome = LeftoverReply['items'][number];

/** Keeps or removes files that runs left in their workspaces, where they still are what was listed. */
export class LeftoverKeeper {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly sender: ArtifactSender,
  ) {}

  async settle(request: LeftoverRequest): Promise<LeftoverReply> {
    const items: Outcome[] = [];
    for (let first = 0; first < request.items.length; first += LIMITS.artifactBatch) {
      const batch = request.items.slice(first, first + LIMITS.artifactBatch);
      items.push(...(request.action === 'keep' ? await this.keep(request, batch) : this.remove(request, batch)));
    }
    return { items };
  }

  private async keep({ runId, attempt, projectId, slot }: LeftoverRequest, items: Leftover[]): Promise<Outcome[]> {
    const ref: AttemptRef = { runId, attempt };
    const reasons = new Map<string, string | null>(items.map(({ path }) => [path, CHANGED]));
    const root = await realpath(this.workspaces.workspace(projectId, slot)).catch(() => null);
    const uid = root === null ? null : this.workspaces.uidOf(root);
    const sources: Source[] = [];
    for (const item of items) {
      const source = root === null ? GONE : await this.source(root, uid, item);
      if (typeof source === 'string') reasons.set(item.path, source);
      else sources.push(source);
    }
    try {
      const { stored, refused } = await this.sender.store(ref, sources, { dropped: [], removed: [] }, NEVER);
      for (const { path } of stored) reasons.set(path, null);
      for (const { path, reason } of refused) reasons.set(path, reason);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      for (const { entry } of sources) reasons.set(entry.path, 'The run is not there any more.');
    }
    return [...reasons].map(([path, reason]) => ({ path, reason }));
  }

  private remove({ projectId, slot }: LeftoverRequest, items: Leftover[]): Outcome[] {
    const tree = this.workspaces.tree(projectId, slot);
    try {
      return items.map(({ path, size, modifiedAt }) => {
        // Gone is what was asked for.
        const done = tree.remove(path, (stat) => stat.isFile() && stat.size === size && stat.mtimeMs === modifiedAt);
        return { path, reason: done ? null : CHANGED };
      });
    } finally {
      tree.close();
    }
  }

  private async source(root: string, uid: number | null, item: Leftover): Promise<Source | string> {
    const open = async (): Promise<Awaited<ReturnType<typeof openOwn>>['handle']> => {
      const { handle, stat } = await openOwn(root, join(root, item.path), uid);
      if (stat.size === item.size && stat.mtimeMs === item.modifiedAt) return handle;
      await handle.close();
      throw new NotOwn(CHANGED);
    };
    try {
      const handle = await open();
      try {
        return { entry: { ...item, sha256: await hashOf(handle, NEVER), origin: 'kept' }, open };
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (error instanceof NotOwn) return error.message;
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' || code === 'ENOTDIR' ? GONE : `It cannot be read (${code ?? 'unknown'}).`;
    }
  }
}
