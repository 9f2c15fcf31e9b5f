import { z } from 'zod';
import { Sha256Schema } from './ids.js';
import { LIMITS } from './limits.js';
import { ProjectPathSchema } from './project-path.js';

/** A file of a manifest. `mode` is 0o644, 0o755, or 0o120000 for a symbolic link, whose blob is its target. */
export const ManifestEntrySchema = z.object({
  path: ProjectPathSchema,
  mode: z.int(),
  size: z.int().nonnegative(),
  sha256: Sha256Schema,
});
export type ManifestEntry = z.infer<typeof ManifestEntrySchema>;

/**
 * At the root of a project, in the syntax of .gitignore: files that stay in the project and are not sent to machines.
 * It is itself part of every snapshot, so that the machine knows what it need not report.
 */
export const IGNORE_FILE = '.mleignore';

/** What a run executes: the files of its project at one revision, sorted by path. Itself a blob named by its hash. */
export const ManifestSchema = z.object({
  version: z.literal(1),
  files: z.array(ManifestEntrySchema).max(LIMITS.manifestFiles),
});
export type Manifest = z.infer<typeof ManifestSchema>;

export const FILE_MODES = { plain: 0o644, executable: 0o755, link: 0o120000 } as const;
