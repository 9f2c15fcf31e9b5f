import type { RunSpec } from '@mle/protocol';

/** Whose run it is. A server or a journal of before names nobody: then what is kept is kept for its project. */
export function ownerOf({ ownerId, projectId }: Pick<RunSpec, 'ownerId' | 'projectId'>): string {
  return ownerId ?? projectId;
}
