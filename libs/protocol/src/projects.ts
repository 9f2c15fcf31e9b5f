import { z } from 'zod';
import { ListedPathSchema, SentenceSchema, WordSchema } from './bounded.js';
import { IdSchema, NameSchema, Sha256Schema, TimeSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { ProjectPathSchema } from './project-path.js';
import { ProjectSettingsSchema } from './project-settings.js';

export const CreateProjectSchema = z.union(
  [
    z.object({ name: NameSchema }).strict(),
    z.object({ name: NameSchema.optional(), gitUrl: z.string().trim().min(1).max(2048) }).strict(),
    z.object({ name: NameSchema.optional(), example: z.string().min(1).max(100) }).strict(),
    z.object({ name: NameSchema.optional(), projectId: IdSchema }).strict(),
  ],
  { error: 'Give a name, or one of gitUrl, example or projectId (to duplicate it).' },
);
export type CreateProject = z.infer<typeof CreateProjectSchema>;
/** What a zip that becomes a project is called: `name` has to be free, of `fileName` a free one is made. */
export const ArchiveQuerySchema = z.object({ name: NameSchema.optional(), fileName: z.string().max(255).optional() });
export type ArchiveQuery = z.infer<typeof ArchiveQuerySchema>;

/** How far a repository has been fetched; `part` from 0 to 1 where git tells it. */
export interface FetchProgress {
  gitUrl: string;
  phase: 'connecting' | 'receiving' | 'storing';
  part: number | null;
}
export const UpdateProjectSchema = z
  .object({ name: NameSchema.optional(), settings: ProjectSettingsSchema.partial().optional() })
  .strict();
export type UpdateProject = z.infer<typeof UpdateProjectSchema>;

export const ProjectViewSchema = z.object({
  id: IdSchema,
  name: WordSchema,
  ownerId: IdSchema,
  revision: z.int(),
  settings: ProjectSettingsSchema,
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
});
export type ProjectView = z.infer<typeof ProjectViewSchema>;
/** A new project; `notices` say what of its source did not come. */
export const CreatedProjectSchema = ProjectViewSchema.extend({
  notices: z.array(z.string().max(LIMITS.listedPathChars)).max(LIMITS.manifestFiles),
});
export type CreatedProject = z.infer<typeof CreatedProjectSchema>;

export const FileViewSchema = z.object({
  path: ListedPathSchema,
  size: z.int(),
  mode: z.int(),
  mtime: TimeSchema,
  sha256: Sha256Schema,
});
export type FileView = z.infer<typeof FileViewSchema>;
export const FileListSchema = z.object({ items: z.array(FileViewSchema).max(LIMITS.manifestFiles) });
export type FileList = z.infer<typeof FileListSchema>;

/** Moves a file, or every file below a folder. */
export const MoveSchema = z.object({ from: ProjectPathSchema, to: ProjectPathSchema }).strict();
export type Move = z.infer<typeof MoveSchema>;

export const ExampleViewSchema = z.object({ name: WordSchema, title: WordSchema, summary: SentenceSchema });
export type ExampleView = z.infer<typeof ExampleViewSchema>;
