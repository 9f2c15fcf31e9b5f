import { z } from 'zod';
import { FlagSchema, ListedPathSchema, SentenceSchema } from './bounded.js';
import { IdSchema, Sha256Schema, TimeSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { ProjectPathSchema } from './project-path.js';

/** `output`: from MLE_OUTPUT_DIR. `kept`: left in the workspace, and kept by a person. */
const ArtifactOriginSchema = z.enum(['output', 'kept']);
export type ArtifactOrigin = z.infer<typeof ArtifactOriginSchema>;

/** A file that is no artifact though it lies where artifacts do, and why. Its name may be the reason. */
const DroppedArtifactSchema = z.object({
  path: ListedPathSchema,
  size: z.number().nonnegative(),
  reason: z.string().max(500),
});
export type DroppedArtifact = z.infer<typeof DroppedArtifactSchema>;

const GIB = 1024 ** 3;
/**
 * Why an artifact is dropped that would make the run's artifacts so many files and bytes, or null where there is room.
 */
export function artifactQuotaReason(files: number, bytes: number): string | null {
  if (files > LIMITS.artifactFiles) return `A run keeps at most ${LIMITS.artifactFiles} artifacts.`;
  if (bytes > LIMITS.artifactQuotaBytes)
    return `The artifacts of a run take at most ${LIMITS.artifactQuotaBytes / GIB} GiB together.`;
  return null;
}

const ArtifactViewSchema = z.object({
  path: ListedPathSchema,
  size: z.int(),
  sha256: Sha256Schema,
  modifiedAt: TimeSchema,
  origin: ArtifactOriginSchema,
});
export type ArtifactView = z.infer<typeof ArtifactViewSchema>;

export const ArtifactListSchema = z.object({
  items: z.array(ArtifactViewSchema).max(LIMITS.artifactFiles),
  bytes: z.int(),
  quotaBytes: z.int(),
  /** The first of them; `droppedCount` counts all. */
  dropped: z.array(DroppedArtifactSchema).max(LIMITS.artifactsDropped),
  droppedCount: z.int(),
});
export type ArtifactList = z.infer<typeof ArtifactListSchema>;

export const ArtifactQuerySchema = z.object({ attempt: z.coerce.number().int().positive().optional() });
export type ArtifactQuery = z.infer<typeof ArtifactQuerySchema>;
/** `download`: to be saved under its name; otherwise a page may show what is safe to show. */
export const ArtifactReadQuerySchema = ArtifactQuerySchema.extend({ download: FlagSchema.optional() });
export type ArtifactReadQuery = z.infer<typeof ArtifactReadQuerySchema>;

/** A file of a run's snapshot. `mode` as in a manifest. */
export const RunFileListSchema = z.object({
  items: z
    .array(z.object({ path: ListedPathSchema, size: z.int(), mode: z.int(), sha256: Sha256Schema }))
    .max(LIMITS.manifestFiles),
});
export type RunFileList = z.infer<typeof RunFileListSchema>;

const Attempt = { runId: IdSchema, attempt: z.int().positive() };

const ArtifactEntrySchema = z.object({
  path: ProjectPathSchema,
  size: z.int().nonnegative(),
  sha256: Sha256Schema,
  /** Milliseconds since the epoch, by the machine's clock. */
  modifiedAt: z.number(),
  origin: ArtifactOriginSchema,
});
export type ArtifactEntry = z.infer<typeof ArtifactEntrySchema>;

/** How the files of an attempt are now, as far as they changed. May arrive twice. */
export const ArtifactPutSchema = z.object({
  ...Attempt,
  items: z.array(ArtifactEntrySchema).max(LIMITS.artifactBatch),
  dropped: z.array(DroppedArtifactSchema).max(LIMITS.artifactBatch),
  removed: z.array(ListedPathSchema).max(LIMITS.artifactBatch),
  /** All that was stored before is void: a worker that was started anew does not know of what the run removed since. */
  afresh: z.boolean().optional(),
});
export type ArtifactPut = z.infer<typeof ArtifactPutSchema>;
/**
 * `missing`: contents that the server lacks, to be sent from `from`; the items that need them are put again afterwards.
 * `refused`: items beyond the quota. `news`: what was not known as dropped before, and is worth a line to the run's
 * owner.
 */
export type ArtifactPutReply =
  | { ok: true; missing: { sha256: string; from: number }[]; refused: DroppedArtifact[]; news: DroppedArtifact[] }
  | { ok: false; code: 'superseded' };

/** The head of pieces of contents; their bytes follow one another in the attachment. */
export const ArtifactChunkSchema = z.object({
  ...Attempt,
  /** `size` is that of the whole content: the piece that reaches it is its last. */
  pieces: z
    .array(
      z.object({
        sha256: Sha256Schema,
        offset: z.int().nonnegative(),
        length: z.int().nonnegative(),
        size: z.int().nonnegative().max(LIMITS.artifactQuotaBytes),
      }),
    )
    .min(1)
    .max(LIMITS.artifactBatch),
});
export type ArtifactChunk = z.infer<typeof ArtifactChunkSchema>;
/**
 * `gap`: put the items again to hear from where to go on. `corrupt`: these came whole, but are not what their name
 * says. `full`: of the server's disk.
 */
export type ArtifactChunkReply = { ok: true; corrupt: string[] } | { ok: false; code: 'superseded' | 'gap' | 'full' };

/** A file that a run left in its workspace, outside of MLE_OUTPUT_DIR and not of its snapshot. */
const LeftoverSchema = z.object({
  path: ProjectPathSchema,
  size: z.int().nonnegative(),
  modifiedAt: z.number(),
});
export type Leftover = z.infer<typeof LeftoverSchema>;

export const AttemptLeftoversSchema = z.object({
  ...Attempt,
  slot: z.int().nonnegative(),
  items: z.array(LeftoverSchema).max(LIMITS.leftovers),
  truncated: z.boolean(),
});
export type AttemptLeftovers = z.infer<typeof AttemptLeftoversSchema>;

export const LeftoverListSchema = z.object({
  items: z.array(z.object({ path: ListedPathSchema, size: z.int(), modifiedAt: TimeSchema })).max(LIMITS.leftovers),
  /** There are more than are listed. */
  truncated: z.boolean(),
  /** The machine can be asked to keep or remove them. */
  available: z.boolean(),
});
export type LeftoverList = z.infer<typeof LeftoverListSchema>;

export const LeftoverChoiceSchema = z
  .object({ paths: z.array(ProjectPathSchema).min(1, 'Choose at least one file.').max(LIMITS.leftovers) })
  .strict();
export type LeftoverChoice = z.infer<typeof LeftoverChoiceSchema>;

/** What became of each; `reason` where it did not work, or `underway` where a large one still goes on. */
export const LeftoverResultSchema = z.object({
  items: z
    .array(
      z.object({
        path: ListedPathSchema,
        result: z.enum(['kept', 'removed', 'underway', 'failed']),
        reason: SentenceSchema.nullable(),
      }),
    )
    .max(LIMITS.leftovers),
});
export type LeftoverResult = z.infer<typeof LeftoverResultSchema>;

/** Server to worker: what to do with files of a workspace, if they still are what was listed. */
export interface LeftoverRequest {
  runId: string;
  attempt: number;
  projectId: string;
  slot: number;
  action: 'keep' | 'remove';
  items: Leftover[];
}
/** `reason` is null where it was done. */
export const LeftoverReplySchema = z.object({
  items: z.array(z.object({ path: ListedPathSchema, reason: z.string().max(500).nullable() })).max(LIMITS.leftovers),
});
export type LeftoverReply = z.infer<typeof LeftoverReplySchema>;
